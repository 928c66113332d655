import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { detectDialect } from "../../src/csv/dialect.ts";
import { createDecoder, detectEncoding, type Encoding } from "../../src/csv/encoding.ts";
import { EncodingError } from "../../src/csv/encoding-error.ts";
import { createParser } from "../../src/csv/parser.ts";
import { recordCells } from "../../src/csv/records.ts";
import { sniffContent } from "../../src/csv/sniff.ts";
import { bytesOf } from "./bytes-of.ts";

const customers = [
  ["customerID", "nom", "Contract", "MonthlyCharges", "note"],
  ["0001-é", "Éloïse – Paris", "Month-to-month", "29,85", 'says "no"'],
  ["0002", "Jean, Marc", "One year", "1.056,95", "two\nlines"],
  ["0003", "", "Two year", "-5,00", "a;b|c"],
];

/** The whole way of this room: bytes in pieces → rows below the header row. A file that is no UTF-8 is read again from its start. */
function readAll(bytes: Uint8Array, pieceBytes: number): string[][] {
  const head = bytes.slice(0, 400);
  assert.equal(sniffContent(head).kind, "text");
  const read = (encoding: Encoding): string[][] => {
    const dialect = detectDialect(createDecoder(encoding).push(head));
    const decoder = createDecoder(encoding);
    const parser = createParser({ delimiter: dialect.delimiter });
    const rows: string[][] = [];
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const records = parser.push(decoder.push(bytes.slice(at, at + pieceBytes)));
      for (let record = 0; record < records.count; record++) rows.push(recordCells(records, record));
    }
    parser.push(decoder.end());
    const { records } = parser.end();
    for (let record = 0; record < records.count; record++) rows.push(recordCells(records, record));
    return rows.slice(dialect.headerRow - 1);
  };
  try {
    return read(detectEncoding(head));
  } catch (error) {
    if (!(error instanceof EncodingError) || error.fallback === null) throw error;
    return read(error.fallback);
  }
}

function write(delimiter: string, lineEnd: string, quoteAll: boolean): string {
  const cell = (text: string) =>
    quoteAll || [delimiter, '"', "\n"].some((special) => text.includes(special))
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  return customers.map((cells) => cells.map(cell).join(delimiter) + lineEnd).join("");
}

describe("the same customers in another dress", () => {
  for (const encoding of ["utf-8", "utf-8-bom", "utf-16le", "utf-16be", "windows-1252"] as const) {
    for (const delimiter of [",", ";", "\t", "|"]) {
      it(`come out the same from ${encoding} with ${JSON.stringify(delimiter)}`, () => {
        for (const lineEnd of ["\n", "\r\n", "\r"]) {
          for (const above of ["", `sep=${delimiter}${lineEnd}`, `Export${lineEnd}${lineEnd}`]) {
            for (const quoteAll of [false, true]) {
              const bytes = bytesOf(above + write(delimiter, lineEnd, quoteAll), encoding);
              for (const pieceBytes of [1, 2, 3, 7, 1_000]) assert.deepEqual(readAll(bytes, pieceBytes), customers);
            }
          }
        }
      });
    }
  }

  it("would be seen to fail: read as Windows-1252 although it is UTF-8", () => {
    const rows = createParser({ delimiter: "," }).push(createDecoder("windows-1252").push(bytesOf("é\n", "utf-8")));
    assert.notDeepEqual(recordCells(rows, 0), ["é"]);
  });
});
