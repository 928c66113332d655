import { cellText, type Records } from "../csv/records.ts";
import { categoryReader } from "./category-reader.ts";
import { afterGuard } from "./cell.ts";
import { convert } from "./conversion.ts";
import { looksLikeDate } from "./date-shape.ts";
import type { RowError } from "./encoded-rows.ts";
import { shorten } from "./issue.ts";
import type { ColumnMapping } from "./mapping.ts";
import { isMissingToken } from "./missing.ts";
import { createNumberScanner } from "./number-scanner.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Feature, Schema } from "./schema.ts";
import { createTextCache } from "./text-cache.ts";

export const shiftRule = "every value under its own column";

/**
 * Finds rows of the right width whose cells stand one column too far: a comma that nothing quotes, and further on a cell that was left out. Two
 * proofs are needed: cells that do not fit their columns and do fit the one beside it, as all between them do, or the space after the comma.
 */
export interface ShiftDetector {
  /** Whether a row that could be scored has a cell beside those of the model that does not look like its column. */
  isSuspect(records: Records, record: number): boolean;
  /** What is wrong with the row as a whole, or null. */
  find(records: Records, record: number): RowError | null;
}

export interface ShiftOptions {
  readonly schema: Schema;
  readonly mapping: readonly ColumnMapping[];
  readonly headers: readonly string[];
  /** Of the whole file, by column; without them nothing is found. */
  readonly profiles?: readonly ColumnProfile[];
}

/** Whether a text, trimmed and not empty, may stand in a column. */
type Fits = (text: string) => boolean;

/** Fewer values of a column do not show what it holds. */
const fewestValues = 20;
/** This much of a column's values shows what it holds; a text of a category column is usual from the second share on. */
const mostOf = 0.9;
const usualShare = 0.02;
/** Columns beside the mapped ones that every row is held against: a few microseconds a row at most. */
const mostWatched = 16;
/** Different texts of such a column that are known to fit it. */
const remembered = 64;
/** More of a cell is no number, no date and no category. */
const cellCharacters = 200;

export function createShiftDetector({ schema, mapping, headers, profiles }: ShiftOptions): ShiftDetector {
  if (profiles === undefined) return { isSuspect: () => false, find: () => null };
  const features = new Map(schema.features.map((feature) => [feature.name, feature]));
  const fits = headers.map((_, column): Fits | null => {
    const entry = mapping.find(({ index, feature }) => index === column && features.has(feature));
    return entry === undefined ? fitsProfile(profiles[column]!) : fitsFeature(features.get(entry.feature)!, entry);
  });
  const mapped = new Set(mapping.filter(({ feature }) => features.has(feature)).map(({ index }) => index));
  const watched = fits
    .flatMap((fit, column) => (fit !== null && !mapped.has(column) && isNear(column, mapped) ? [column] : []))
    .slice(0, mostWatched)
    .map((column) => ({ column, fitting: createTextCache(remembered) }));

  function textAt(records: Records, record: number, column: number): string {
    const cell = records.firstCells[record]! + column;
    if (column < 0 || cell >= records.firstCells[record + 1]!) return "";
    const text = cellText(records, cell).trim();
    const own = text.slice(afterGuard(text, 0, text.length), cellCharacters);
    return isMissingToken(own) ? "" : own;
  }
  /** An empty cell fits every column. */
  const fitsIn = (text: string, column: number) => text === "" || (fits[column]?.(text) ?? true);

  /** Whether every column from the first to the last of the wrong ones has its own cell at the column `by` further. */
  function isShifted(records: Records, record: number, wrong: readonly number[], by: 1 | -1): boolean {
    const [first, last] = [wrong[0]!, wrong.at(-1)!];
    // The cell at the one end comes to stand outside of these columns, and the cell at the other end may be the one that was left out.
    const [outer, lost] = by === 1 ? [first, last] : [last, first];
    if (!fitsIn(textAt(records, record, outer), outer - by)) return false;
    const mended = (column: number) => fitsIn(textAt(records, record, column + by), column);
    for (let column = first; column <= last; column++) if (column !== lost && !mended(column)) return false;
    const proofs = wrong.filter((column) => mended(column) && textAt(records, record, column + by) !== "");
    return proofs.length + (by === 1 && followsComma(records, record, first) ? 1 : 0) >= 2;
  }
  /** "Smith, John" that nothing quotes: the second half begins with the space of the text, in a row that has none after its other commas. */
  function followsComma(records: Records, record: number, column: number): boolean {
    const [before, cell, after] = [-1, 0, 1].map((far) => startsWithSpace(records, record, column + far));
    return column > 0 && fits[column - 1] === null && cell === true && before === false && after === false;
  }

  return {
    isSuspect: (records, record) =>
      watched.some(({ column, fitting }) => {
        const cell = records.firstCells[record]! + column;
        if (cell >= records.firstCells[record + 1]!) return false;
        const [start, end] = [records.starts[cell]!, records.ends[cell]!];
        if (fitting.find(records.text, start, end) >= 0) return false;
        if (!fitsIn(textAt(records, record, column), column)) return true;
        fitting.add(records.text.slice(start, end));
        return false;
      }),
    find(records, record) {
      const wrong = fits.flatMap((_, column) => (fitsIn(textAt(records, record, column), column) ? [] : [column]));
      if (wrong.length === 0) return null;
      const [first, last] = [wrong[0]!, wrong.at(-1)!];
      if (![...mapped].some((column) => column >= first - 1 && column <= last + 1)) return null;
      const by = isShifted(records, record, wrong, 1) ? 1 : isShifted(records, record, wrong, -1) ? -1 : null;
      if (by === null) return null;
      const [from, to] = [first, last].map((column) => JSON.stringify(shorten(headers[column]!)));
      const way = by === 1 ? "right" : "left";
      const message = `The cells from ${from} to ${to} stand one column too far to the ${way}: they fit the columns beside them and not their own.`;
      const value = shorten(textAt(records, record, first));
      return { code: "cells_shifted", column: null, feature: null, value, message, rule: shiftRule };
    },
  };
}

/** Null where there is no such cell. */
function startsWithSpace({ text, starts, ends, firstCells }: Records, record: number, column: number): boolean | null {
  const cell = firstCells[record]! + column;
  if (column < 0 || cell >= firstCells[record + 1]!) return null;
  return starts[cell]! < ends[cell]! && text.charCodeAt(starts[cell]!) === 32;
}

function isNear(column: number, mapped: ReadonlySet<number>): boolean {
  return [1, 2].some((far) => mapped.has(column - far) || mapped.has(column + far));
}

function fitsFeature(feature: Feature, { conversion }: ColumnMapping): Fits {
  if (feature.kind !== "numeric") {
    const read = categoryReader(feature);
    return (text) => read(text) !== null;
  }
  if (conversion?.date) return isDate;
  const numbersOf = createNumberReader();
  const { min, max } = feature.allowed;
  return (text) =>
    numbersOf(text).some((number) => {
      const value = conversion === null || conversion.interval !== null ? number : convert(number, conversion);
      return value >= min && value <= max;
    });
}

/** By what nearly all cells of a column are; null where they are of all sorts. */
function fitsProfile(profile: ColumnProfile): Fits | null {
  const values = profile.count - profile.blank - profile.missing;
  if (values < fewestValues) return null;
  const { plain, dot, comma, eitherDot, eitherComma } = profile.numbers;
  if (profile.dateShare >= mostOf) return isDate;
  const usual = (profile.distinct ?? []).filter(({ count }) => count >= usualShare * values);
  if (usual.reduce((sum, { count }) => sum + count, 0) >= mostOf * values) {
    const texts = new Set(usual.map(({ text }) => text));
    return (text) => texts.has(text);
  }
  if (plain + dot + comma + eitherDot + eitherComma < mostOf * values) return null;
  const numbersOf = createNumberReader();
  return (text) => numbersOf(text).length > 0;
}

const isDate: Fits = (text) => looksLikeDate(text, 0, text.length);

/** What a text may be as a number, by either decimal mark. */
function createNumberReader(): (text: string) => number[] {
  const scanner = createNumberScanner();
  return (text) => {
    if (scanner.scan(text, 0, text.length) === "text" || scanner.percent) return [];
    return [scanner.dotValue, scanner.commaValue].filter((value) => !Number.isNaN(value));
  };
}
