import { looksLikeDate } from "./date-shape.ts";
import { epochDay } from "./epoch.ts";

/** Whether 03/04/2024 is the third of April or the fourth of March. */
export type DateOrder = "day_first" | "month_first";

const monthNumbers = new Map(
  [
    "jan ene",
    "feb fev",
    "mar mrz",
    "apr abr avr",
    "may mai",
    "jun",
    "jul",
    "aug ago",
    "sep set",
    "oct okt out",
    "nov",
    "dec dez dic",
  ].flatMap((names, i) => names.split(" ").map((name): [string, number] => [name, i + 1])),
);

/** What a date is made of; `first` and `second` in the order of the file when nothing tells day from month. */
interface Parts {
  readonly year: number;
  readonly first: number;
  readonly second: number;
  /** Whether `first` is the month and `second` the day for sure. */
  readonly fixed: boolean;
}

/** The day of text[start, end) as yyyymmdd, without its time, also of seconds since 1970; NaN when it is no day that exists, or its year has two digits. */
export function readDate(text: string, start: number, end: number, order: DateOrder): number {
  const parts = partsOf(text, start, end);
  if (parts === null) return epochDay(text, start, end);
  const monthIsFirst = parts.fixed || order === "month_first";
  const [month, day] = monthIsFirst ? [parts.first, parts.second] : [parts.second, parts.first];
  return dayOf(parts.year, month, day);
}

/** What a date says of its column's order: `either` when both orders give a day. Null when it cannot be read. */
export function orderShown(text: string, start: number, end: number): DateOrder | "either" | "fixed" | null {
  const parts = partsOf(text, start, end);
  if (parts === null) return null;
  if (parts.fixed) return "fixed";
  const { first, second } = parts;
  if (first > 12) return second > 12 ? null : "day_first";
  return second > 12 ? "month_first" : first === second ? "fixed" : "either";
}

/** Whole months from one day to another (yyyymmdd); negative when it is later. */
export function monthsBetween(from: number, to: number): number {
  const [fromMonth, toMonth] = [Math.floor(from / 100), Math.floor(to / 100)];
  const months = (Math.floor(toMonth / 100) - Math.floor(fromMonth / 100)) * 12 + (toMonth % 100) - (fromMonth % 100);
  return months - (to % 100 < from % 100 ? 1 : 0);
}

function dayOf(year: number, month: number, day: number): number {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1) return Number.NaN;
  return day > new Date(Date.UTC(year, month, 0)).getUTCDate() ? Number.NaN : year * 10_000 + month * 100 + day;
}

function partsOf(text: string, start: number, end: number): Parts | null {
  if (!looksLikeDate(text, start, end)) return null;
  const at = cursor(text, start, end);
  const first = at.digits();
  if (first === null) {
    const month = at.month();
    at.skip();
    const day = at.digits();
    at.skip();
    const year = at.digits();
    return month === null || day === null ? null : made(year, month, day.value, true);
  }
  if (first.length === 8) {
    const { value } = first;
    return { year: Math.floor(value / 10_000), first: Math.floor(value / 100) % 100, second: value % 100, fixed: true };
  }
  at.skip();
  const second = at.digits();
  if (second === null) {
    const month = at.month();
    at.skip();
    return month === null ? null : made(at.digits(), month, first.value, true);
  }
  at.skip();
  const third = at.digits();
  if (third === null) return null;
  if (first.length === 4) return made(first, second.value, third.value, true);
  return made(third, first.value, second.value, false);
}

interface Digits {
  readonly value: number;
  readonly length: number;
}

function made(year: Digits | null, first: number, second: number, fixed: boolean): Parts | null {
  return year === null || year.length !== 4 ? null : { year: year.value, first, second, fixed };
}

/** Reads on from `start`, each character once. */
function cursor(text: string, start: number, end: number) {
  let at = start;
  const code = () => (at < end ? text.charCodeAt(at) : 0);
  const isDigit = () => code() >= 48 && code() <= 57;
  const isLetter = () => (code() | 32) >= 97 && (code() | 32) <= 122;
  return {
    digits(): Digits | null {
      const from = at;
      let value = 0;
      while (isDigit()) {
        value = value * 10 + code() - 48;
        at++;
      }
      return at === from ? null : { value, length: at - from };
    },
    /** A month's name, in full or short. */
    month(): number | null {
      const from = at;
      while (isLetter()) at++;
      return monthNumbers.get(text.slice(from, from + 3).toLowerCase()) ?? null;
    },
    /** What stands between the parts. */
    skip(): void {
      while (at < end && !isDigit() && !isLetter()) at++;
    },
  };
}
