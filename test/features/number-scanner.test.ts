import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseNumber } from "../../src/features/number-format.ts";
import { createNumberScanner, plainNumber } from "../../src/features/number-scanner.ts";

const scanner = createNumberScanner();
const kind = (text: string) => scanner.scan(text, 0, text.length);

const dressed: readonly [text: string, dot: number, comma: number][] = [
  ["1,889.50", 1889.5, Number.NaN],
  ["1.889,50", Number.NaN, 1889.5],
  ["53,85", Number.NaN, 53.85],
  ["1 234,5", Number.NaN, 1234.5],
  ["1\u00a0234\u00a0567,5", Number.NaN, 1234567.5],
  ["1\u202f234,5", Number.NaN, 1234.5],
  ["1'234.50", 1234.5, Number.NaN],
  ["1’234", 1234, 1234],
  ["12,34,567", 1234567, Number.NaN],
  ["-21.419,06", Number.NaN, -21419.06],
  ["$79", 79, 79],
  ["US$ 1,234.00", 1234, Number.NaN],
  ["-9,13\u00a0€", Number.NaN, -9.13],
  ["1.355,90€", Number.NaN, 1355.9],
  ["€(63.12)", -63.12, Number.NaN],
  ["($182.77)", -182.77, Number.NaN],
  ["182.77-", -182.77, Number.NaN],
  ["−5", -5, -5],
  ["Rs.500", 500, 500],
  ["79 EUR", 79, 79],
  ["CHF 1'234.50", 1234.5, Number.NaN],
  ["1.5E3", 1500, Number.NaN],
  ["2e2", 200, 200],
  [".5", 0.5, Number.NaN],
  ["0,125", Number.NaN, 0.125],
  ["1.000", 1, 1000],
  ["25,000", 25000, 25],
];

test("a number in any dress is read whole", () => {
  for (const [text, dot, comma] of dressed) {
    kind(text);
    assert.deepEqual([scanner.dotValue, scanner.commaValue], [dot, comma], text);
  }
});

test("what two conventions read differently is ambiguous, and nothing else is", () => {
  assert.equal(kind("1.000"), "either_dot");
  assert.equal(kind("25,000"), "either_comma");
  for (const text of ["1.00", "1000.000", "0.125", "1,234.5", "1.234.567"])
    assert.doesNotMatch(kind(text), /either/, text);
});

test("what is not one number as a whole is text", () => {
  const texts = [
    "",
    "12abc",
    "abc",
    "1,2,3",
    "1..2",
    "--5",
    "5-5",
    "12 34",
    "1,23.4",
    "0x1F",
    "Infinity",
    "NaN",
    "$",
    "€$5",
    "12/3",
    "1e999",
  ];
  for (const text of texts) {
    kind(text);
    const value = [scanner.dotValue, scanner.commaValue];
    assert.ok(value.every(Number.isNaN), `${text} → ${value}`);
  }
});

test("the sign of money and of percent is told", () => {
  kind("US$ 5");
  assert.equal(scanner.currency, "USD");
  kind("5 €");
  assert.equal(scanner.currency, "EUR");
  kind("12 %");
  assert.equal(scanner.percent, true);
  kind("12");
  assert.deepEqual([scanner.currency, scanner.percent], ["", false]);
});

test("every decimal is rounded as the language does it", () => {
  const digits = fc.stringMatching(/^(0|[1-9]\d{0,17})(\.\d{1,20})?$/);
  fc.assert(
    fc.property(digits, (text) => {
      const expected = Number(text);
      const plain = plainNumber(text, 0, text.length, 46);
      if (!Number.isNaN(plain)) assert.equal(plain, expected);
      assert.equal(parseNumber(text, "."), expected);
      assert.equal(parseNumber(text.replace(".", ","), ","), expected);
    }),
  );
});

test("a number that is off in its last digit is not equal", () => {
  assert.notEqual(parseNumber("0.1000000000000001", "."), parseNumber("0.1000000000000002", "."));
  assert.equal(parseNumber("9007199254740993", "."), 9007199254740992);
});

test("numbers written with thousands marks come back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
      const groups = String(whole).replace(/\B(?=(\d{3})+$)/g, "~");
      const two = String(cents).padStart(2, "0");
      const expected = Number(`${whole}.${two}`);
      for (const mark of [",", " ", "\u00a0", "'"])
        assert.equal(parseNumber(`$${groups.replaceAll("~", mark)}.${two}`, "."), expected);
      assert.equal(parseNumber(`${groups.replaceAll("~", ".")},${two} €`, ","), expected);
    }),
  );
});

test("the quick way takes digits with one mark and leaves the rest", () => {
  const quick = (text: string, decimal = 46) => plainNumber(text, 0, text.length, decimal);
  assert.equal(quick("29.85"), 29.85);
  assert.equal(quick("29,85", 44), 29.85);
  for (const text of ["", ".", "29,85", "1.2.3", "-1", " 1", "1e3", "12345678901234567"])
    assert.ok(Number.isNaN(quick(text)), text);
});
