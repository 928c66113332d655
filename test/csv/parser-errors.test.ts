import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createParser } from "../../src/csv/parser.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import { parseAll } from "./parse-all.ts";

const small = { cellCharacters: 5, recordCharacters: 12, columns: 3 };

const refusals: readonly [name: string, text: string, error: RegExp][] = [
  ["text after a closing mark", 'a,b\n1,"x"y\n', /^csv_malformed: .*row 2 \(line 2\), column 2/],
  ["text after a closing mark and spaces", '"x" y\n', /^csv_malformed: .*row 1 \(line 1\), column 1/],
  ["a second quotation in one cell", '"x" "y"\n', /^csv_malformed: .*after the closing/],
  ["text after a closing mark at the end of the file", '"x"y', /^csv_malformed: .*after the closing/],
  ["a quotation open at the end", 'a,b\n1,"x', /^csv_malformed: .*row 2 \(line 2\), column 2, on its last line/],
  ["a cell longer than the limit", "ab,abcdef,c\n", /^cell_too_long: .*row 1 \(line 1\), column 2 is longer than 5/],
  ["a quoted cell longer than the limit", '\n"abcdef",c\n', /^cell_too_long: .*row 2 .* quotation mark on line 2/],
  ["more columns than the limit", "a,b,c\n1,2,3,4\n", /^too_many_columns: Row 2 \(line 2\) has more than 3/],
  ["a record longer than the limit", '"abc","d\ne","fghi', /^csv_malformed: Row 1 \(line 1\) is longer than 12/],
];

describe("parser errors", () => {
  for (const [name, text, error] of refusals) {
    it(`refuses ${name}, however the text is cut`, () => {
      const whole = parseAll([text], small).error;
      assert.match(whole ?? "none", error);
      for (let cut = 0; cut <= text.length; cut++) {
        assert.equal(parseAll([text.slice(0, cut), text.slice(cut)], small).error, whole);
      }
      assert.equal(parseAll([...text], small).error, whole);
    });
  }

  it("says where a quotation began that swallows the rest, however the text is cut", () => {
    const text = 'a,b\n"1,2\n3,4\n5,6\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const error = parseAll([text.slice(0, cut), text.slice(cut)]).error ?? "none";
      assert.match(error, /^csv_malformed: .*row 2 \(line 2\), column 1, on line 2, is never closed: .* 3 line ends/);
    }
  });

  it("accepts cells and records at the limit", () => {
    assert.equal(parseAll(['abcde,"ab",\n'], small).error, null);
    assert.equal(parseAll(["abcdef\n"], { cellCharacters: 6 }).error, null);
  });

  it("names the row as data too", () => {
    assert.throws(
      () => createParser({ delimiter: "," }).push('a\n\n"b"c'),
      (error) => error instanceof RetainWiseError && error.issues[0]?.row === 3 && error.kind.fault === "client",
    );
  });

  it("fails on a cell of 100 MB after the limit, not after the cell", () => {
    const parser = createParser({ delimiter: "," });
    const piece = "x".repeat(65_536);
    let pushed = 0;
    assert.throws(() => {
      parser.push('id,note\n1,"');
      for (; pushed < 100e6; pushed += piece.length) parser.push(piece);
    }, /cell_too_long: .*row 2 \(line 2\), column 2/);
    assert.ok(pushed <= limits.cellCharacters + piece.length, `${pushed} characters were taken`);
  });

  it("fails on a record that never ends, though each cell is short", () => {
    const parser = createParser({ delimiter: ",", columns: 10_000_000 });
    const piece = "0123456789,".repeat(5_000);
    let pushed = 0;
    assert.throws(() => {
      for (; pushed < 100e6; pushed += piece.length) parser.push(piece);
    }, /csv_malformed: Row 1 /);
    assert.ok(pushed <= limits.recordCharacters + piece.length, `${pushed} characters were taken`);
  });

  it("refuses 100,000 columns and takes the 2,000 that are allowed", () => {
    assert.match(parseAll([",".repeat(99_999)]).error ?? "", /^too_many_columns: Row 1 \(line 1\)/);
    assert.match(parseAll([`${",".repeat(limits.columnsPerFile)}\n`]).error ?? "", /^too_many_columns/);
    assert.equal(parseAll([`${",".repeat(limits.columnsPerFile - 1)}\n`]).rows[0]?.length, limits.columnsPerFile);
  });

  it("keeps headers that are names of Object.prototype", () => {
    const names = ["__proto__", "constructor", "prototype", "toString"];
    assert.deepEqual(parseAll([`${names.join(",")}\n1,2,3,4\n`]).rows[0], names);
  });

  it("holds little memory while a large file goes through", () => {
    const parser = createParser({ delimiter: "," });
    const piece = "1234-ABCDE,Female,0,Yes,29.85\r\n".repeat(8_000);
    let count = 0;
    for (let pushed = 0; pushed < 50e6; pushed += piece.length) {
      const records = parser.push(piece);
      count += records.count;
      assert.ok(records.text.length <= piece.length + 100);
    }
    assert.equal(count % 8_000, 0);
  });
});
