/** From a file's bytes to blocks of records: the part that both passes over a file share. */

import type { Delimiter } from "../csv/dialect.ts";
import { createDecoder, type Encoding } from "../csv/encoding.ts";
import { createParser } from "../csv/parser.ts";
import type { Records } from "../csv/records.ts";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

export type OpenFile = () => AsyncIterable<Uint8Array>;

export interface TextPiece {
  readonly text: string;
  /** Bytes of the file read so far. */
  readonly bytes: number;
}

export async function* readText(open: OpenFile, encoding: Encoding): AsyncGenerator<TextPiece> {
  const decoder = createDecoder(encoding);
  let bytes = 0;
  for await (const piece of open()) {
    bytes += piece.length;
    const text = decoder.push(piece);
    if (text !== "") yield { text, bytes };
  }
  const rest = decoder.end();
  if (rest !== "") yield { text: rest, bytes };
}

export interface RecordBlock {
  readonly records: Records;
  readonly bytes: number;
  /** On the last block: whether the file's last character was a line end. */
  readonly finalLineBreak: boolean | null;
}

export async function* readRecords(
  pieces: AsyncIterable<TextPiece>,
  delimiter: Delimiter,
): AsyncGenerator<RecordBlock> {
  const parser = createParser({ delimiter });
  let bytes = 0;
  let rows = 0;
  for await (const piece of pieces) {
    bytes = piece.bytes;
    const records = parser.push(piece.text);
    rows += records.count;
    if (rows > limits.rowsPerFile) {
      throw new RetainWiseError(
        "too_many_rows",
        `The file has more than ${limits.rowsPerFile.toLocaleString("en-US")} rows.`,
      );
    }
    if (records.count > 0) yield { records, bytes, finalLineBreak: null };
  }
  const end = parser.end();
  yield { records: end.records, bytes, finalLineBreak: end.finalLineBreak };
}
