import { cutText } from "../csv/cut-text.ts";
import { isCardNumber } from "./card-number.ts";
import { afterGuard, trimEnd, trimStart } from "./cell.ts";
import { orderShown } from "./date-reading.ts";
import { looksLikeDate } from "./date-shape.ts";
import { createDistinctCounter } from "./distinct-counter.ts";
import { isMissingToken } from "./missing.ts";
import { createNumberScanner } from "./number-scanner.ts";
import { createNumberSummary, statsOf } from "./number-summary.ts";
import type { ColumnProfile } from "./profile.ts";
import { createTextCache, ownCopy } from "./text-cache.ts";

/** Collects the facts of one column in bounded memory. */
export interface ColumnProfiler {
  /** One cell: text[start, end) of the file's row `row`. */
  add(text: string, start: number, end: number, row: number): void;
  result(): ColumnProfile;
}

const mostDistinct = 64;
const examplesKept = 3;
/** Dates are looked for in the first cells and then in every 16th: it is a share that is wanted. */
const dateCells = 1024;

export function createColumnProfiler(): ColumnProfiler {
  const cache = createTextCache(mostDistinct);
  const times = new Float64Array(mostDistinct);
  const firstRows = new Uint32Array(mostDistinct);
  const examples: { row: number; value: string }[] = [];
  const scanner = createNumberScanner();
  const distinct = createDistinctCounter();
  const sums = { plain: createNumberSummary(), dot: createNumberSummary(), comma: createNumberSummary() };
  const numbers = { plain: 0, dot: 0, comma: 0, eitherDot: 0, eitherComma: 0, ungrouped: 0, percent: 0, text: 0 };
  const currencies = new Map<string, number>();
  const orders = { day_first: 0, month_first: 0, either: 0, fixed: 0 };
  let count = 0;
  let blank = 0;
  let missing = 0;
  let many = false;
  let entered = false;
  let maxLength = 0;
  let looked = 0;
  let dates = 0;
  let datesOf = 0;
  let cards = 0;

  function add(text: string, cellStart: number, cellEnd: number, row: number): void {
    count++;
    if (!many) {
      let number = cache.find(text, cellStart, cellEnd);
      if (number < 0) {
        number = cache.add(text.slice(cellStart, cellEnd));
        if (number >= 0) firstRows[number] = row;
      }
      if (number >= 0) {
        times[number]!++;
        return;
      }
      many = true;
      enterCache(); // from here on cells are taken one by one
    }
    take(text, cellStart, cellEnd, 1);
    if (examples.length < examplesKept && cellEnd - cellStart > 0) {
      examples.push({
        row,
        value: ownCopy(cutText(text.slice(cellStart, Math.min(cellEnd, cellStart + 101)), 100)).trim(),
      });
    }
  }

  function enterCache(): void {
    if (entered) return;
    entered = true;
    cache.texts.forEach((text, i) => {
      take(text, 0, text.length, times[i]!);
      const value = text.trim();
      if (value !== "" && examples.length < examplesKept)
        examples.push({ row: firstRows[i]!, value: cutText(value, 100) });
    });
  }

  /** One cell's text as it stands in the file, `n` times over. */
  function take(text: string, cellStart: number, cellEnd: number, n: number): void {
    const from = trimStart(text, cellStart, cellEnd);
    if (from === cellEnd) {
      blank += n;
      return;
    }
    const end = trimEnd(text, from, cellEnd);
    const start = afterGuard(text, from, end);
    distinct.add(text, start, end);
    enter(text, start, end, n);
  }

  /** What one text says, `n` times over. */
  function enter(text: string, start: number, end: number, n: number): void {
    if (end - start > maxLength) maxLength = end - start;
    if (end - start >= 13 && isCardNumber(text, start, end)) cards += n;
    const kind = scanner.scan(text, start, end);
    if (looked < dateCells || (looked & 15) === 0) {
      datesOf += n;
      if ((kind === "text" || end - start === 8) && looksLikeDate(text, start, end)) {
        dates += n;
        const shown = orderShown(text, start, end);
        if (shown !== null) orders[shown] += n;
      }
    }
    looked++;
    if (kind === "text") {
      if (mayBeMissing(text, start, end) && isMissingToken(text.slice(start, end))) missing += n;
      else numbers.text += n;
      return;
    }
    if (kind === "plain") {
      numbers.plain += n;
      sums.plain.add(scanner.dotValue, n);
    } else if (kind === "dot") {
      numbers.dot += n;
      sums.dot.add(scanner.dotValue, n);
    } else if (kind === "comma") {
      numbers.comma += n;
      sums.comma.add(scanner.commaValue, n);
    } else {
      if (kind === "either_dot") numbers.eitherDot += n;
      else numbers.eitherComma += n;
      sums.dot.add(scanner.dotValue, n);
      sums.comma.add(scanner.commaValue, n);
    }
    if (scanner.ungrouped) numbers.ungrouped += n;
    if (scanner.percent) numbers.percent += n;
    if (scanner.currency !== "") currencies.set(scanner.currency, (currencies.get(scanner.currency) ?? 0) + n);
  }

  function result(): ColumnProfile {
    const known = many ? null : mergeTrimmed(cache.texts, times);
    enterCache();
    return {
      count,
      blank,
      missing,
      numbers: { ...numbers },
      currencies: [...currencies].map(([code, each]) => ({ code, count: each })),
      dot: statsOf([sums.plain, sums.dot]),
      comma: statsOf([sums.plain, sums.comma]),
      distinct: known,
      distinctEstimate: known === null ? Math.round(distinct.estimate()) : known.length,
      dateShare: datesOf === 0 ? 0 : dates / datesOf,
      dateOrders: { ...orders },
      maxLength,
      cards,
      examples: examples.map((example) => ({ ...example })),
    };
  }

  return { add, result };
}

/** The cache tells "Yes" from "Yes "; the profile does not. */
function mergeTrimmed(texts: readonly string[], times: Float64Array): { text: string; count: number }[] {
  const counts = new Map<string, number>();
  texts.forEach((raw, i) => {
    const trimmed = raw.trim();
    const text = trimmed.slice(afterGuard(trimmed, 0, trimmed.length));
    if (text !== "") counts.set(text, (counts.get(text) ?? 0) + times[i]!);
  });
  return [...counts].map(([text, count]) => ({ text, count }));
}

/** A cheap look before a string is made: missing tokens are short and start with one of a few characters. */
function mayBeMissing(text: string, start: number, end: number): boolean {
  if (end - start > 20) return false;
  const c = text.charCodeAt(start);
  const low = c | 32;
  return low === 110 || low === 117 || low === 112 || c === 35 || c === 60 || c === 45 || c === 63 || c === 40;
}
