import * as v from "valibot";
import { limits } from "../limits.ts";

/** A whole number given as text in a query or form; min and max are inclusive. */
export function wholeNumber(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, "must be a whole number"),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(min),
    v.maxValue(max),
  );
}

/** Text that a database and a log can take: no NUL, no lone surrogate. */
export function plainText(maxLength: number) {
  return v.pipe(
    v.string(),
    v.maxLength(maxLength, `must be at most ${maxLength} characters`),
    v.check((text) => !text.includes("\0") && text.isWellFormed(), "must not hold NUL or broken characters"),
  );
}

/** Most entries of one page; 100 when nothing is said. */
export function limitText() {
  return v.pipe(v.exactOptional(wholeNumber(1, limits.pageRows), "100"), v.description("Most entries of the page."));
}

export const CursorText = v.exactOptional(
  v.pipe(plainText(2_000), v.description("`next_cursor` of the page before; without it the first page.")),
);

/** Row of a file, from 1. */
export function rowText() {
  return v.pipe(wholeNumber(1, 4_294_967_295), v.description("Row of the file, from 1."));
}
