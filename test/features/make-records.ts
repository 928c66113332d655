import type { Records } from "../../src/csv/records.ts";

/** A small CSV reader for tests: one block, quotes as in RFC 4180, any one-character delimiter, LF or CRLF. */
export function makeRecords(text: string, { delimiter = ",", firstRow = 1 } = {}): Records {
  const starts: number[] = [];
  const ends: number[] = [];
  const quoting: number[] = [];
  const firstCells = [0];
  const lines: number[] = [];
  let line = 1;
  let i = 0;
  while (i < text.length) {
    lines.push(line);
    for (;;) {
      let start = i;
      let end: number;
      let quoted = 0;
      if (text[i] === '"') {
        quoted = 1;
        start = ++i;
        for (; i < text.length; i++) {
          if (text[i] === "\n") line++;
          if (text[i] !== '"') continue;
          if (text[i + 1] !== '"') break;
          quoted = 2;
          i++;
        }
        end = i++;
      } else {
        while (i < text.length && text[i] !== delimiter && text[i] !== "\n" && text[i] !== "\r") i++;
        end = i;
      }
      starts.push(start);
      ends.push(end);
      quoting.push(quoted);
      if (text[i] !== delimiter) break;
      i++;
    }
    if (text[i] === "\r") i++;
    i++;
    line++;
    firstCells.push(starts.length);
  }
  return {
    count: firstCells.length - 1,
    text,
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    quoting: Uint8Array.from(quoting),
    firstCells: Uint32Array.from(firstCells),
    firstRow,
    lines: Uint32Array.from(lines),
  };
}
