import { limits } from "../limits.ts";

/** Where the column names are, and what speaks for them. */
export interface HeaderRow {
  /** Index into the records. */
  readonly index: number;
  /** Width of the table below it: the number of columns that covers most cells. */
  readonly width: number;
  /** How many of its cells are names that the schema knows. */
  readonly known: number;
}

/**
 * Finds the row of column names among the first `limits.headerSearchRows` records from `first` on: the first row that fills the table's
 * width, unless another has more known names (at least two). Rows below it are never taken for a second header, however short
 * their texts: a row of data lost in silence is worse than one that is refused.
 */
export function findHeaderRow(
  records: readonly (readonly string[])[],
  first: number,
  knows: (header: string) => boolean,
): HeaderRow {
  const width = tableWidth(records, first);
  let shaped = -1;
  let known = -1;
  let mostKnown = 0;
  let firstFilled = -1;
  for (let index = first; index < records.length && index < limits.headerSearchRows; index++) {
    const cells = records[index]!;
    if (isBlank(cells)) continue;
    if (firstFilled < 0) firstFilled = index;
    if (shaped < 0 && hasTableShape(cells, width)) shaped = index;
    const names = countKnown(cells, knows);
    if (names > mostKnown) {
      mostKnown = names;
      known = index;
    }
  }
  const structural = shaped >= 0 ? shaped : Math.max(firstFilled, first);
  const structuralKnown = countKnown(records[structural] ?? [], knows);
  const index = mostKnown >= 2 && mostKnown > structuralKnown ? known : structural;
  return { index, width, known: index === structural ? structuralKnown : mostKnown };
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === "");
}

/** The width that covers the most cells: a long preamble of single cells does not outvote a short table. */
function tableWidth(records: readonly (readonly string[])[], first: number): number {
  const rows = new Map<number, number>();
  for (let index = first; index < records.length; index++) {
    const cells = records[index]!;
    if (!isBlank(cells)) rows.set(cells.length, (rows.get(cells.length) ?? 0) + 1);
  }
  let best = 1;
  for (const [width, count] of rows) if (width * count > best * (rows.get(best) ?? 0)) best = width;
  return best;
}

/** More than half of the table's columns have a name; an index column may have none, and one at the front counts as named. */
function hasTableShape(cells: readonly string[], width: number): boolean {
  let filled = cells.length === width && cells[0]!.trim() === "" ? 1 : 0;
  for (const cell of cells) if (cell.trim() !== "") filled++;
  return filled * 2 > width && filled >= Math.min(2, width);
}

/** How many cells are names that the schema knows. */
export function countKnown(cells: readonly string[], knows: (header: string) => boolean): number {
  let known = 0;
  for (const cell of cells) {
    const name = cell.trim();
    if (name !== "" && name.length <= limits.headerCharacters && knows(name)) known++;
  }
  return known;
}
