import type { Delimiter } from "../../src/csv/dialect.ts";
import { createParser, type ParserOptions } from "../../src/csv/parser.ts";
import { type Records, recordCells } from "../../src/csv/records.ts";
import { RetainWiseError } from "../../src/errors.ts";

/** Everything the parser says about a text that is pushed in these pieces; an error is its code and detail. */
export interface Parsed {
  readonly rows: string[][];
  readonly lines: number[];
  readonly finalLineBreak: boolean | null;
  readonly error: string | null;
}

export function parseAll(pieces: readonly string[], options: Partial<ParserOptions> = {}): Parsed {
  const parser = createParser({ delimiter: "," as Delimiter, ...options });
  const rows: string[][] = [];
  const lines: number[] = [];
  const keep = (records: Records) => {
    if (records.count > 0 && records.firstRow !== rows.length + 1) throw new Error("firstRow is wrong");
    for (let record = 0; record < records.count; record++) {
      rows.push(recordCells(records, record));
      lines.push(records.lines[record]!);
    }
  };
  try {
    for (const piece of pieces) keep(parser.push(piece));
    const { records, finalLineBreak } = parser.end();
    keep(records);
    return { rows, lines, finalLineBreak, error: null };
  } catch (error) {
    if (!(error instanceof RetainWiseError)) throw error;
    return { rows, lines, finalLineBreak: null, error: `${error.code}: ${error.detail}` };
  }
}

/** The rows of one text; throws what the parser throws. */
export function parseRows(text: string, delimiter: Delimiter = ","): string[][] {
  const { rows, error } = parseAll([text], { delimiter });
  if (error !== null) throw new Error(error);
  return rows;
}
