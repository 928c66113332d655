import { type Records, recordCells } from "../csv/records.ts";
import { guardCell, writeRecord } from "../csv/write.ts";

/**
 * A record as it came, as one RFC 4180 record without line end. A comma-separated record whose cells cannot start a formula is passed on
 * byte for byte; anything else is written anew, with dangerous cells guarded. `width`: number of cells to write (blank ones beyond the
 * header are dropped, missing ones are empty), or null for as many as there are.
 */
export function sourceText(records: Records, record: number, delimiter: string, width: number | null): string {
  const first = records.firstCells[record]!;
  const end = records.firstCells[record + 1]!;
  const fits = width === null || end - first === width;
  if (delimiter === "," && fits && first < end && isHarmless(records, first, end)) {
    const quotedFirst = records.quoting[first] === 0 ? 0 : 1;
    const quotedLast = records.quoting[end - 1] === 0 ? 0 : 1;
    return records.text.slice(records.starts[first]! - quotedFirst, records.ends[end - 1]! + quotedLast);
  }
  const cells = recordCells(records, record).map(guardCell);
  if (width !== null) {
    while (cells.length < width) cells.push("");
    cells.length = width;
  }
  return writeRecord(cells);
}

/** Whether every cell starts with a letter or a digit, spaces aside, or is empty. */
function isHarmless(records: Records, first: number, end: number): boolean {
  for (let cell = first; cell < end; cell++) {
    let start = records.starts[cell]!;
    while (start < records.ends[cell]! && records.text.charCodeAt(start) === 32) start++;
    if (start === records.ends[cell]!) continue;
    const code = records.text.charCodeAt(start);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    const isDigit = code >= 48 && code <= 57;
    if (!isLetter && !isDigit) return false;
    // A bare cell with a quotation mark inside is not RFC 4180: written anew.
    if (records.quoting[cell] === 0 && hasQuote(records.text, start, records.ends[cell]!)) return false;
  }
  return true;
}

function hasQuote(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) === 34) return true;
  return false;
}
