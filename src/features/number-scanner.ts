import { isSpace } from "./cell.ts";
import { currencyOf, isCurrencySign } from "./currency.ts";

/** What a cell says about numbers; "either" = `1.000` or `1,000`, which two conventions read differently. */
export type NumberKind = "text" | "plain" | "dot" | "comma" | "either_dot" | "either_comma";

export interface NumberScanner {
  /** Looks at text[start, end), trimmed by the caller; the fields below then speak of this cell. */
  scan(text: string, start: number, end: number): NumberKind;
  /** Value if the dot is the decimal mark (comma and others group), or NaN. */
  dotValue: number;
  /** Value if the comma is the decimal mark (dot and others group), or NaN. */
  commaValue: number;
  /** ISO code, or "" where there is no sign. */
  currency: string;
  percent: boolean;
  /** Four or more digits without a grouping mark: says that this column does not group. */
  ungrouped: boolean;
}

const dot = 46;
const comma = 44;
const mostRuns = 16;
const powersOfTen = Array.from({ length: 23 }, (_, i) => 10 ** i);

/**
 * Reads numbers in every common dress: thousands marks (comma, dot, spaces, apostrophes), decimal comma, currency before or after,
 * `(5)` and `5-` for negatives, percent, scientific notation. A cell that is not one number as a whole is text: nothing is cut off.
 * Allocates nothing but for currency letters, long digit strings and exponents. One scanner serves one loop.
 */
export function createNumberScanner(): NumberScanner {
  /** Lengths of the digit runs and the marks before them: `1.234,5` is 1, 3, 1 with "." and ",". */
  const runs = new Int32Array(mostRuns);
  const marks = new Int32Array(mostRuns);
  let last = 0;
  let mantissa = 0;
  let significant = 0;
  let leadingZero = false;
  let coreStart = 0;
  let coreEnd = 0;
  let exponentStart = 0;
  let plainKind: NumberKind = "plain";

  const scanner: NumberScanner = {
    dotValue: Number.NaN,
    commaValue: Number.NaN,
    currency: "",
    percent: false,
    ungrouped: false,
    scan,
  };

  function scan(text: string, start: number, end: number): NumberKind {
    scanner.dotValue = scanner.commaValue = Number.NaN;
    scanner.currency = "";
    scanner.percent = scanner.ungrouped = false;
    if (scanPlain(text, start, end)) return plainKind;
    let i = start;
    let j = end;
    let negative = false;
    let signs = 0;
    // What stands before the digits.
    for (let turn = 0; turn < 8; turn++) {
      const c = text.charCodeAt(i);
      if (i >= j) return "text";
      if ((c >= 48 && c <= 57) || c === dot || c === comma) break;
      if (isSpace(c)) i++;
      else if (c === 45 || c === 0x2212 || c === 43) {
        negative = c !== 43;
        if (++signs > 1) return "text";
        i++;
      } else if (c === 40 && text.charCodeAt(j - 1) === 41) {
        negative = true;
        if (++signs > 1) return "text";
        i++;
        j--;
      } else {
        const after = currencyEnd(text, i, j);
        if (after < 0) return "text";
        i = after;
      }
    }
    // What stands after them.
    for (let turn = 0; turn < 8; turn++) {
      const c = text.charCodeAt(j - 1);
      if (j <= i) return "text";
      if ((c >= 48 && c <= 57) || c === dot || c === comma) break;
      if (isSpace(c)) j--;
      else if (c === 37 && !scanner.percent) {
        scanner.percent = true;
        j--;
      } else if (c === 45 || c === 0x2212) {
        negative = true;
        if (++signs > 1) return "text";
        j--;
      } else {
        const before = currencyStart(text, i, j);
        if (before < 0) return "text";
        j = before;
      }
    }
    return scanCore(text, i, j, negative);
  }

  /** The usual case, kept short: digits with at most one dot; whether it is one. */
  function scanPlain(text: string, start: number, end: number): boolean {
    const length = end - start;
    if (length > 15 || length < 1) return false;
    let whole = 0;
    let at = -1;
    for (let i = start; i < end; i++) {
      const c = text.charCodeAt(i);
      if (c >= 48 && c <= 57) whole = whole * 10 + (c - 48);
      else if (c === dot && at < 0 && i > start) at = i;
      else return false;
    }
    const fraction = at < 0 ? 0 : end - at - 1;
    const before = length - fraction - (at < 0 ? 0 : 1);
    // Three places are the one case that needs a closer look, and a trailing dot is rare.
    if (at >= 0 && (fraction === 3 || fraction === 0)) return false;
    scanner.ungrouped = before > 3;
    scanner.dotValue = whole / powersOfTen[fraction]!;
    if (at < 0) scanner.commaValue = scanner.dotValue;
    plainKind = at < 0 ? "plain" : "dot";
    return true;
  }

  /** Digits, marks and an exponent; everything from `start` to `end` must belong to the number. */
  function scanCore(text: string, start: number, end: number, negative: boolean): NumberKind {
    last = 0;
    mantissa = 0;
    significant = 0;
    let run = 0;
    let i = start;
    exponentStart = -1;
    for (; i < end; i++) {
      const c = text.charCodeAt(i);
      if (c >= 48 && c <= 57) {
        run++;
        if (significant > 0 || c !== 48) significant++;
        mantissa = mantissa * 10 + (c - 48);
      } else if (c === dot || c === comma || c === 39 || c === 0x2019 || isSpace(c)) {
        runs[last] = run;
        run = 0;
        if (++last >= mostRuns) return "text";
        marks[last] = isSpace(c) ? 32 : c === 0x2019 ? 39 : c;
      } else if ((c === 101 || c === 69) && isExponent(text, i + 1, end)) {
        exponentStart = i;
        break;
      } else return "text";
    }
    runs[last] = run;
    coreStart = start;
    coreEnd = end;
    leadingZero = text.charCodeAt(start) === 48;
    scanner.ungrouped = runs[0]! > 3;
    const asDot = fits(dot);
    const asComma = fits(comma);
    if (asDot) scanner.dotValue = value(text, dot, negative);
    if (asComma) scanner.commaValue = value(text, comma, negative);
    if (asDot && asComma) {
      const mark = last === 0 ? 0 : marks[last];
      return mark === dot ? "either_dot" : mark === comma ? "either_comma" : "plain";
    }
    return asDot ? "dot" : asComma ? "comma" : "text";
  }

  /** Whether the runs and marks are a number when `decimal` is the decimal mark. */
  function fits(decimal: number): boolean {
    const hasDecimal = last > 0 && marks[last] === decimal;
    const groups = hasDecimal ? last - 1 : last;
    if (last === 0) return runs[0]! > 0;
    if (groups === 0) return runs[0]! + runs[1]! > 0;
    const mark = marks[1]!;
    if (mark === decimal || exponentStart >= 0) return false;
    if (runs[0]! < 1 || runs[0]! > 3 || leadingZero || runs[groups] !== 3) return false;
    let threes = true;
    let twos = mark === comma && runs[0]! <= 2;
    for (let k = 1; k <= groups; k++) {
      if (marks[k] !== mark) return false;
      if (k === groups) break;
      threes &&= runs[k] === 3;
      twos &&= runs[k] === 2; // 12,34,567 as written in India
    }
    return threes || twos;
  }

  function value(text: string, decimal: number, negative: boolean): number {
    const fraction = last > 0 && marks[last] === decimal ? runs[last]! : 0;
    // Up to 2^53 the mantissa is exact, and so is 10^22: one division is then rounded once, as IEEE 754 demands.
    const exact = significant <= 15 && fraction <= 22 && exponentStart < 0;
    const magnitude = exact ? mantissa / powersOfTen[fraction]! : slowValue(text, decimal);
    return negative ? -magnitude : magnitude;
  }

  function slowValue(text: string, decimal: number): number {
    let plain = "";
    for (let i = coreStart; i < coreEnd; i++) {
      const c = text.charCodeAt(i);
      if ((exponentStart >= 0 && i >= exponentStart) || (c >= 48 && c <= 57)) plain += text[i];
      else if (c === decimal) plain += ".";
    }
    const parsed = Number(plain);
    return Number.isFinite(parsed) ? parsed : Number.NaN;
  }

  function isExponent(text: string, start: number, end: number): boolean {
    let i = start;
    if (text.charCodeAt(i) === 43 || text.charCodeAt(i) === 45) i++;
    if (i >= end || end - i > 3) return false;
    for (; i < end; i++) {
      const c = text.charCodeAt(i);
      if (c < 48 || c > 57) return false;
    }
    return true;
  }

  function currencyEnd(text: string, start: number, end: number): number {
    let i = start;
    while (i < end && i - start < 5 && isCurrencyCharacter(text.charCodeAt(i))) i++;
    if (!takeCurrency(text, start, i)) return -1;
    // "Rs.500" is five hundred: the dot belongs to the abbreviation.
    return text.charCodeAt(i) === dot && !isCurrencySign(text.charCodeAt(i - 1)) ? i + 1 : i;
  }

  function currencyStart(text: string, start: number, end: number): number {
    let i = end;
    while (i > start && end - i < 5 && isCurrencyCharacter(text.charCodeAt(i - 1))) i--;
    return takeCurrency(text, i, end) ? i : -1;
  }

  function takeCurrency(text: string, start: number, end: number): boolean {
    if (end <= start || end - start > 4 || scanner.currency !== "") return false;
    const code = currencyOf(text.slice(start, end));
    if (code === null) return false;
    scanner.currency = code;
    return true;
  }

  return scanner;
}

/** Signs, and letters that codes are made of (also of `zł` and `Kč`). */
function isCurrencyCharacter(code: number): boolean {
  return (
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    isCurrencySign(code) ||
    code === 0x142 ||
    code === 0x10d
  );
}

/** Value of plain digits with at most one decimal mark (`decimal`: its character code), the usual case; NaN for any other text. */
export function plainNumber(text: string, start: number, end: number, decimal: number): number {
  let mantissa = 0;
  let fraction = -1;
  if (end - start > 16 || end <= start) return Number.NaN;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48);
      if (fraction >= 0) fraction++;
    } else if (c === decimal && fraction < 0) fraction = 0;
    else return Number.NaN;
  }
  if (fraction < 0) return end - start > 15 ? Number.NaN : mantissa;
  // A lone mark is no number; "5." and ".5" are.
  return end - start < 2 ? Number.NaN : mantissa / powersOfTen[fraction]!;
}
