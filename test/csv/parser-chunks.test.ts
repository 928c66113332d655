import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MARKED_CHARACTERS } from "../../src/csv/marks.ts";
import { parseAll, parseRows } from "./parse-all.ts";
import { referenceParse } from "./reference-parser.ts";

/** Text made of what matters to a parser, with characters of one to four UTF-8 bytes between. */
const csvish = fc
  .array(fc.constantFrom("a", "b", ",", ",", '"', '"', '""', "\r", "\n", "\r\n", " ", "é", "€", "😀", '","', "7.5"), {
    maxLength: 40,
  })
  .map((parts) => parts.join(""));

function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
}

describe("parser and pieces", () => {
  it("gives the same answer for every way to cut a short text in two and in three", () => {
    const text = 'a,"b""\r\n",\r\n\r"",é😀\n"x" ,5" p\r';
    const whole = parseAll([text]);
    assert.equal(whole.error, null);
    assert.deepEqual(whole.rows, referenceParse(text, ","));
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        assert.deepEqual(parseAll(pieces), whole, `cut at ${first} and ${second}`);
      }
    }
  });

  it("gives the same answer for every text of up to five characters, in every cutting", { timeout: 60_000 }, () => {
    const alphabet = ["a", ",", '"', "\r", "\n"];
    let texts = [""];
    for (let length = 1; length <= 5; length++) {
      texts = texts.flatMap((text) => alphabet.map((character) => text + character));
      for (const text of texts) {
        const whole = parseAll([text]);
        for (let mask = 1; mask < 2 ** (length - 1); mask++) {
          const places = Array.from({ length: length - 1 }, (_, bit) => bit + 1).filter(
            (place) => mask & (2 ** (place - 1)),
          );
          const { rows, ...facts } = parseAll(cut(text, places));
          // An error loses the records of the same piece, so rows count only where there is none.
          const { rows: wholeRows, ...wholeFacts } = whole;
          if (whole.error === null) assert.deepEqual({ rows, ...facts }, whole, JSON.stringify([text, places]));
          else assert.equal(facts.error, wholeFacts.error, JSON.stringify([text, places, wholeRows]));
        }
      }
    }
  });

  it("agrees with the reference on texts of any kind, in any cutting", () => {
    const property = fc.property(csvish, fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
      const parsed = parseAll(cut(text, places));
      let rows: string[][] | null = null;
      try {
        rows = referenceParse(text, ",");
      } catch {}
      if (rows === null) assert.match(parsed.error ?? "", /^csv_malformed/);
      else assert.deepEqual(parsed.rows, rows);
    });
    fc.assert(property, { numRuns: 3_000 });
  });

  it("would be seen to fail: a parser that forgets its state between pieces", () => {
    const property = fc.property(csvish, fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
      const forgetful = cut(text, places).flatMap((piece) => parseAll([piece]).rows);
      assert.deepEqual(forgetful, parseAll([text]).rows);
    });
    assert.throws(() => fc.assert(property, { numRuns: 3_000 }), /Property failed/);
  });

  it("counts positions rightly across its own pieces, with characters of every size", () => {
    const row = '7590,"é, ""q""",€ 29.85,😀\r\n';
    const text = row.repeat(Math.ceil((2.5 * MARKED_CHARACTERS) / row.length));
    const rows = parseRows(text);
    assert.equal(rows.length, text.length / row.length);
    for (const cells of rows) assert.deepEqual(cells, ["7590", 'é, "q"', "€ 29.85", "😀"]);
  });
});
