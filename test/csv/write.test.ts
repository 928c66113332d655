import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { guardCell, unguardCell, writeCell, writeRecord } from "../../src/csv/write.ts";
import { parseRows } from "./parse-all.ts";

const cell = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc
    .array(fc.constantFrom("a", ",", '"', "\r", "\n", " ", "é", "'", "=", ";"), { maxLength: 8 })
    .map((parts) => parts.join("")),
);
const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 6 });

describe("writeRecord", () => {
  it("quotes only what needs it", () => {
    assert.equal(writeRecord(["a b", "5,0", 'say "hi"', "x\ny", "", "é;'"]), 'a b,"5,0","say ""hi""","x\ny",,é;\'');
  });
  it("writes a single empty cell so that it is no blank line", () => assert.equal(writeRecord([""]), '""'));
  it("protects a U+FEFF that would be taken for a byte order mark", () =>
    assert.equal(writeCell("\ufeffid"), '"\ufeffid"'));

  const roundTrip = (write: (cells: readonly string[]) => string) =>
    fc.property(rows, (table) => {
      assert.deepEqual(parseRows(table.map((cells) => `${write(cells)}\r\n`).join("")), table);
    });
  it("is read back as it was, whatever the cells hold", () => fc.assert(roundTrip(writeRecord), { numRuns: 2_000 }));
  it("would be seen to fail: a writer that does not quote", () => {
    assert.throws(
      () =>
        fc.assert(
          roundTrip((cells) => cells.join(",")),
          { numRuns: 2_000 },
        ),
      /Property failed/,
    );
  });
});

describe("guardCell", () => {
  const dangerous = [
    "=1+1",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "=",
    "-",
    "+A1",
    "-x",
  ];
  const wide = ["＝1", "＋1", "－1", "＠x"];
  for (const text of [...dangerous, ...wide, "-1-1", "+1e5x", "-1e", "-$A$1", "=-5", "+49 (170) 1", "-5%5"]) {
    it(`puts an apostrophe before ${JSON.stringify(text)}`, () => {
      assert.equal(guardCell(text), `'${text}`);
      assert.equal(unguardCell(guardCell(text)), text);
    });
  }
  const numbers = [
    "-5",
    "+3.2",
    "-1,234.50",
    "1e-5",
    "-1e5",
    "-1.5E+10",
    "-1.234,50",
    "-9,13 €",
    "-$79.00",
    "-12%",
    "- 5",
  ];
  for (const text of [
    ...numbers,
    "-1\u00a0234,5",
    "+49 170 1234567",
    "",
    "a=b",
    "Month-to-month",
    "5-3",
    "'x",
    "customer@example.com",
  ]) {
    it(`leaves ${JSON.stringify(text)} alone`, () => assert.equal(guardCell(text), text));
  }
});

describe("unguardCell", () => {
  for (const text of ["7210448301122", "02139", "+49 170 1234567", "-5", "SW1A 1AA", "=1"]) {
    it(`takes the text marker off '${text}`, () => assert.equal(unguardCell(`'${text}`), text));
  }
  for (const text of ["'s-Hertogenbosch", "'t Hooft", "'quoted'", "'12 inches'", "'", "", "O'Neil", "plain", "''"]) {
    it(`leaves ${text} alone`, () => assert.equal(unguardCell(text), text));
  }
  it("undoes guardCell for everything that has no leading apostrophe, and never lets a formula through", () => {
    const text = fc.oneof(
      cell,
      fc.tuple(fc.constantFrom("=", "+", "-", "@", "\t", "＝", "'"), cell).map((parts) => parts.join("")),
    );
    const property = fc.property(text, (value) => {
      const guarded = guardCell(value);
      assert.equal(unguardCell(guarded), unguardCell(value));
      if (!value.startsWith("'")) assert.equal(unguardCell(guarded), value);
      assert.equal(guardCell(guarded), guarded);
      if (/^[=@\t\r\n＝＋－＠]/.test(value) || /^[+-][^0-9]*$/.test(value)) assert.equal(guarded[0], "'");
    });
    fc.assert(property, { numRuns: 3_000 });
  });
});
