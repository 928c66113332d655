import { type HeadRecords, headRecords } from "./head-records.ts";
import { countKnown, findHeaderRow, type HeaderRow, isBlank } from "./header-row.ts";

export type Delimiter = "," | ";" | "\t" | "|";

export interface Dialect {
  readonly delimiter: Delimiter;
  /** Row of the file that holds the column names, from 1; preamble, blank lines and a `sep=;` line count. */
  readonly headerRow: number;
  /** Whether the first row is Excel's `sep=;`, which names the delimiter and is no data. */
  readonly separatorLine: boolean;
}

/**
 * How the file is divided, from its decoded head (cut anywhere). What the person says (`overrides`) counts first, then a
 * `sep=` line, then which delimiter gives the most table: rows of one width, a header of texts, names that `knows` recognises.
 * A file of one column comes out with "," and is the caller's to accept or refuse.
 *
 * A given header row of 1 in a file with a separator line means the row below that line, since Excel does not show it.
 */
export function detectDialect(
  head: string,
  overrides: { readonly delimiter?: Delimiter | undefined; readonly headerRow?: number | undefined } = {},
  knows: (header: string) => boolean = () => false,
): Dialect {
  const named = separatorLine(head);
  const first = named === null ? 0 : 1;
  const fixed = overrides.delimiter ?? (named === null || named === "other" ? null : named);
  const trials = (fixed === null ? delimiters : [fixed]).map((delimiter) => {
    return tryDelimiter(head, delimiter, first, overrides.headerRow, knows);
  });
  const best = trials.reduce((before, trial) => (trial.score > before.score ? trial : before));
  return { delimiter: best.delimiter, headerRow: best.headerRow, separatorLine: named !== null };
}

/** The order breaks ties: nothing else speaks for one of them. */
const delimiters: readonly Delimiter[] = [",", ";", "\t", "|"];

/** Records looked at: enough to see what width is usual, the header search included. */
const TRIAL_RECORDS = 300;

interface Trial {
  readonly delimiter: Delimiter;
  readonly headerRow: number;
  readonly score: number;
}

function tryDelimiter(
  head: string,
  delimiter: Delimiter,
  first: number,
  headerRow: number | undefined,
  knows: (header: string) => boolean,
): Trial {
  const trial = headRecords(head, delimiter, TRIAL_RECORDS);
  const { records } = trial;
  let header = findHeaderRow(records, first, knows);
  if (headerRow !== undefined) {
    const index = Math.max(headerRow - 1, first);
    header = { index, width: header.width, known: countKnown(records[index] ?? [], knows) };
  }
  const points = score(trial, header, delimiter);
  if (points > 0 || headerRow !== undefined) return { delimiter, headerRow: header.index + 1, score: points };
  const firstFilled = records.findIndex((cells, index) => index >= first && !isBlank(cells));
  return { delimiter, headerRow: Math.max(firstFilled, first) + 1, score: 0 };
}

/** 0 for no table at all; about 1 for rows of one width below a header of texts; up to 1 more for known names. */
function score(trial: HeadRecords, header: HeaderRow, delimiter: Delimiter): number {
  const names = trial.records[header.index] ?? [];
  if (names.length === 0 || (header.width < 2 && names.length < 2)) return 0;
  const below = trial.records.slice(header.index + 1, trial.open ? -1 : undefined).filter((cells) => !isBlank(cells));
  const regular = below.filter((cells) => cells.length === header.width).length;
  const consistency = below.length === 0 ? 1 : regular / below.length;
  const fits = filledWidth(names) === header.width || names.length === header.width ? 1 : 0.5;
  const quoted = trial.quoted[header.index]!;
  const texts = names.filter((name, cell) => !isNumeric(name) && (quoted[cell]! || isWhole(name, delimiter)));
  const table = consistency * fits * (texts.length / names.length) + Math.min(header.known, 4) / 4;
  if (table === 0) return 0;
  // Where all else is equal: decimal commas in a semicolon file are whole cells, semicolons in a comma file are not.
  const sample = below.slice(0, 50).flat();
  const whole = sample.filter((cell) => isNumeric(cell) || isWhole(cell, delimiter)).length;
  return (table + (0.1 * whole) / Math.max(sample.length, 1)) / (1 + trial.malformed);
}

/** The width without empty cells at the end. */
function filledWidth(cells: readonly string[]): number {
  let width = cells.length;
  while (width > 0 && cells[width - 1]!.trim() === "") width--;
  return width;
}

/** Whether no other delimiter would divide the cell. */
function isWhole(cell: string, delimiter: Delimiter): boolean {
  return delimiters.every((other) => other === delimiter || !cell.includes(other));
}

/** Digits with the signs of numbers, amounts, dates and times. */
function isNumeric(cell: string): boolean {
  let digits = 0;
  for (const character of cell) {
    if (character >= "0" && character <= "9") digits++;
    else if (!".,:/+- %$€£\u00a0".includes(character)) return false;
  }
  return digits > 0;
}

/** What a first line `sep=X` names (null: there is none); Excel reads and writes it, and a re-saved one may have delimiters behind. */
function separatorLine(head: string): Delimiter | "other" | null {
  let end = 0;
  while (end < head.length && end < 100 && head[end] !== "\n" && head[end] !== "\r") end++;
  const line = head.slice(0, end).replaceAll('"', "");
  if (line.slice(0, 4).toLowerCase() !== "sep=" || line.length < 5) return null;
  const separator = line[4]!;
  const rest = line.slice(5);
  for (const character of rest)
    if (character !== " " && !(delimiters as readonly string[]).includes(character)) return null;
  return delimiters.find((delimiter) => delimiter === separator) ?? "other";
}
