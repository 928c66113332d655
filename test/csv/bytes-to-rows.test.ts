/** Decoder and parser together: bytes cut anywhere, in a character, a line end or a doubled quotation mark, give the rows that were written. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createDecoder, type Encoding } from "../../src/csv/encoding.ts";
import { EncodingError } from "../../src/csv/encoding-error.ts";
import { writeRecord } from "../../src/csv/write.ts";
import { bytesOf } from "./bytes-of.ts";
import { parseAll } from "./parse-all.ts";

const encodings = ["utf-8", "utf-8-bom", "utf-16le", "utf-16be", "windows-1252"] as const;

/** What reading says of bytes in these pieces: rows, or the code of the first fault. */
function readPieces(pieces: readonly Uint8Array[], encoding: Encoding, createDecoderOf = createDecoder): unknown {
  const decoder = createDecoderOf(encoding);
  try {
    const texts = pieces.map((piece) => decoder.push(piece));
    const { error, ...parsed } = parseAll([...texts, decoder.end()]);
    return error === null ? parsed : error;
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    return [error.code, error.byteOffset];
  }
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.slice(from, places[index] ?? bytes.length));
}

const narrow = fc.constantFrom("a", "7.5", ",", '"', '""', "\r", "\n", "\r\n", " ", "é", "€", "ÿ", "“", "");
const wide = fc.oneof(narrow, fc.constantFrom("😀", "一", "\ufeff", "e\u0301", "\u2028"));
const cellOf = (part: fc.Arbitrary<string>) => fc.array(part, { maxLength: 6 }).map((parts) => parts.join(""));
const tableOf = (part: fc.Arbitrary<string>) =>
  fc.array(fc.array(cellOf(part), { minLength: 1, maxLength: 4 }), { maxLength: 6 });

/** A table in an encoding that has all its characters. */
const encoded = fc
  .constantFrom<Encoding>(...encodings)
  .chain((encoding) =>
    fc.record({ encoding: fc.constant(encoding), table: tableOf(encoding === "windows-1252" ? narrow : wide) }),
  );
const places = fc.array(fc.nat(), { maxLength: 12 });

/** The other program's line ends, and a last line without one. */
const lineEnds = fc.constantFrom("\r\n", "\n", "\r");

const roundTrip = (read: typeof readPieces) =>
  fc.property(encoded, lineEnds, fc.boolean(), places, ({ encoding, table }, lineEnd, last, at) => {
    const text = table.map(writeRecord).join(lineEnd) + (last && table.length > 0 ? lineEnd : "");
    const parsed = read(cut(bytesOf(text, encoding), at), encoding);
    assert.deepEqual((parsed as { rows?: unknown }).rows, table);
  });

describe("bytes to rows", () => {
  it("gives back what was written, in every encoding and any pieces", () =>
    fc.assert(roundTrip(readPieces), { numRuns: 3_000 }));

  it("would be seen to fail: a decoder that forgets cut characters", () => {
    const forgetful = (): ReturnType<typeof createDecoder> => ({
      push: (bytes) => new TextDecoder().decode(bytes),
      end: () => "",
    });
    const read = (pieces: readonly Uint8Array[], encoding: Encoding) => readPieces(pieces, encoding, forgetful);
    assert.throws(() => fc.assert(roundTrip(read), { numRuns: 3_000 }), /Property failed/);
  });

  it("gives the same rows for every way to cut a file in three, in every encoding", () => {
    for (const encoding of encodings) {
      const bytes = bytesOf('é,"€""\r\n"\r\n“,ÿ\r"",x', encoding);
      const whole = readPieces([bytes], encoding);
      assert.deepEqual((whole as { rows?: unknown }).rows, [
        ["é", '€"\r\n'],
        ["“", "ÿ"],
        ["", "x"],
      ]);
      for (let first = 0; first <= bytes.length; first++)
        for (let second = first; second <= bytes.length; second++) {
          const pieces = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
          assert.deepEqual(readPieces(pieces, encoding), whole, `${encoding} cut at ${first} and ${second}`);
        }
      assert.deepEqual(
        readPieces(
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
          encoding,
        ),
        whole,
      );
    }
  });

  it("says the same of any bytes at all, in any pieces", () => {
    const soup = fc
      .array(
        fc.oneof(
          fc.constantFrom(...[...'a,""\r\n '].map((character) => [character.charCodeAt(0)])),
          fc.constantFrom([0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80], [0xef, 0xbb, 0xbf], [0x3d, 0xd8]),
          fc.nat(255).map((byte) => [byte]),
        ),
        { maxLength: 24 },
      )
      .map((parts) => Uint8Array.from(parts.flat()));
    const property = fc.property(soup, fc.constantFrom<Encoding>(...encodings), places, (bytes, encoding, at) => {
      assert.deepEqual(readPieces(cut(bytes, at), encoding), readPieces([bytes], encoding));
    });
    fc.assert(property, { numRuns: 5_000 });
  });
});
