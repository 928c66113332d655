/** Files as tools write them: real column names, invented rows. Nobody in them exists. */

export interface TableStyle {
  readonly delimiter?: string;
  readonly end?: string;
  readonly bom?: boolean;
  readonly utf16?: boolean;
  /** Every cell in quotation marks. */
  readonly quoteAll?: boolean;
  /** Lines above the column names, and below the data, as they stand. */
  readonly above?: readonly string[];
  readonly below?: readonly string[];
}

export interface Export {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly style: TableStyle;
}

/** `row` makes the cells of row i (from 0), in the order of the header. */
export function makeExport(
  header: readonly string[],
  count: number,
  row: (i: number) => readonly string[],
  style: TableStyle = {},
): Export {
  const rows = Array.from({ length: count }, (_, i) => row(i));
  const odd = rows.findIndex((cells) => cells.length !== header.length);
  if (odd >= 0) throw new Error(`Row ${odd} has ${rows[odd]!.length} cells of ${header.length}.`);
  return { header, rows, style };
}

/** The same with further columns, as somebody adds them before an upload. */
export function withColumns(
  { header, rows, style }: Export,
  columns: Readonly<Record<string, (i: number) => string>>,
): Export {
  const added = Object.values(columns);
  return {
    header: [...header, ...Object.keys(columns)],
    rows: rows.map((cells, i) => [...cells, ...added.map((make) => make(i))]),
    style,
  };
}

/** The bytes of the file. */
export function writeExport({ header, rows, style }: Export): Uint8Array {
  const { delimiter = ",", end = "\n", above = [], below = [] } = style;
  const quoted = (cell: string) =>
    style.quoteAll === true || cell.includes(delimiter) || cell.includes('"') || cell.includes("\n")
      ? `"${cell.replaceAll('"', '""')}"`
      : cell;
  const line = (cells: readonly string[]) => cells.map(quoted).join(delimiter);
  const text = [...above, line(header), ...rows.map(line), ...below].map((each) => each + end).join("");
  if (style.utf16 !== true) return new TextEncoder().encode(style.bom === true ? `\ufeff${text}` : text);
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  `\ufeff${text}`.split("").forEach((character, at) => {
    view.setUint16(2 * at, character.charCodeAt(0), true);
  });
  return bytes;
}

/** One of several, in turn. */
export function pick<T>(choices: readonly T[], i: number): T {
  return choices[i % choices.length]!;
}

const firstNames = ["Ada", "Björn", "Chidi", "Dolores", "Emre", "Fumiko", "Greta", "Hakim"];
const lastNames = ["Aalto", "Brandt", "Castro", "Dvořák", "Eriksen", "Fontaine", "Gruber"];

export interface Person {
  readonly first: string;
  readonly last: string;
  readonly email: string;
  readonly phone: string;
  readonly company: string;
}

export function personOf(i: number): Person {
  const first = pick(firstNames, i);
  const last = pick(lastNames, i * 3 + 1);
  return {
    first,
    last,
    email: `customer${i}@example.com`,
    phone: `+1 555 01${String(i % 100).padStart(2, "0")}`,
    company: `${last} ${pick(["Ltd", "GmbH", "Inc."], i)}`,
  };
}

/** A day of the past, yyyy-mm-dd, another for each i. */
export function dayOf(i: number): string {
  return new Date(Date.UTC(2021, (i * 7) % 50, 1 + ((i * 11) % 28))).toISOString().slice(0, 10);
}

/** Letters and digits as ids of such tools have them, the same for the same i. */
export function codeOf(prefix: string, i: number, length = 14): string {
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  let state = (i + 1) * 2_654_435_761;
  let code = "";
  while (code.length < length) {
    state = (Math.imul(state ^ (state >>> 13), 1_597_334_677) + code.length) >>> 0;
    code += letters[state % letters.length]!;
  }
  return prefix + code;
}

/** A number that passes as a payment card's, made at test time: the issuer's digits, counted up, and Luhn's check digit. */
export function cardNumberOf(i: number, issuer = "400000"): string {
  const body = issuer + String(1_234_567 + i * 7_919).padStart(9, "0");
  const sum = [...body].reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}
