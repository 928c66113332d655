/**
 * One record of an RFC 4180 CSV with commas, without its line end. Reading it back gives the same cells. A record of one empty cell is
 * written as "" so that it does not look like a blank line.
 */
export function writeRecord(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === "") return '""';
  let record = "";
  for (let index = 0; index < cells.length; index++) record += (index === 0 ? "" : ",") + writeCell(cells[index]!);
  return record;
}

/**
 * One cell: in quotation marks only where it holds a comma, a quotation mark or a line end, or starts with U+FEFF (at the start of a
 * file that would be taken for a byte order mark).
 */
export function writeCell(text: string): string {
  const quoted = /[",\r\n]/.test(text) || text.startsWith("\ufeff");
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Keeps a spreadsheet from running a cell as a formula: a text that starts, leading spaces aside, with = + - @, their full-width forms, a
 * tab or a line end gets an apostrophe in front (OWASP, "CSV Injection"). Numbers (-5, +3.2, -1,234.50, 1e-5, -79,90 €) stay as they
 * are: nothing in them can be run, and as text they could not be summed any more. To be applied before `writeCell`.
 */
export function guardCell(text: string): string {
  return isDangerous(text) ? `'${text}` : text;
}

/**
 * Takes off one leading apostrophe that only says "this is text": ours, and the one of Excel and Shopify before ids, postcodes and phone
 * numbers ('7210448301122, '02139, '+49 170 1). An apostrophe that belongs to a name ('s-Hertogenbosch, 't Hooft) or closes again stays.
 * `unguardCell(guardCell(text))` is `unguardCell(text)`.
 */
export function unguardCell(text: string): string {
  if (text.charCodeAt(0) !== APOSTROPHE) return text;
  const rest = text.slice(1);
  return isDangerous(rest) || isCode(rest) || startsSigned(rest) ? rest : text;
}

const APOSTROPHE = 39;
const starters = "=+-@\t\r\n＝＋－＠";
const spaces = " \u00a0\u202f";
const currencies = "$€£¥";

function isDangerous(text: string): boolean {
  let at = 0;
  while (at < text.length && spaces.includes(text[at]!)) at++;
  return at < text.length && starters.includes(text[at]!) && !isNumber(text.slice(at));
}

/** A sign, digits with their separators, perhaps an exponent, a percent or currency sign: nothing that a spreadsheet could compute. */
function isNumber(text: string): boolean {
  let at = text[0] === "-" || text[0] === "+" ? 1 : 0;
  if (currencies.includes(text[at] ?? " ")) at++;
  let digits = 0;
  for (; at < text.length && (isDigit(text, at) || ".,'".includes(text[at]!) || spaces.includes(text[at]!)); at++) {
    if (isDigit(text, at)) digits++;
  }
  if (digits === 0) return false;
  if (text[at] === "e" || text[at] === "E") {
    at += text[at + 1] === "-" || text[at + 1] === "+" ? 2 : 1;
    if (!isDigit(text, at)) return false;
    while (isDigit(text, at)) at++;
  }
  if (text[at] === "%" || currencies.includes(text[at] ?? " ")) at++;
  return at === text.length;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function startsSigned(text: string): boolean {
  return (text[0] === "+" || text[0] === "-") && isDigit(text, 1);
}

/** An id or postcode: starts with a digit or capital letter, has a digit, and holds no second apostrophe. */
function isCode(text: string): boolean {
  if (!isDigit(text, 0) && !(text.charCodeAt(0) >= 65 && text.charCodeAt(0) <= 90)) return false;
  let digit = false;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) === APOSTROPHE) return false;
    digit ||= isDigit(text, at);
  }
  return digit;
}
