import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DateOrder, monthsBetween, orderShown, readDate } from "../../src/features/date-reading.ts";

const read = (text: string, order: DateOrder = "day_first") => readDate(text, 0, text.length, order);
const shown = (text: string) => orderShown(text, 0, text.length);

test("the usual forms of a day are read, with or without a time", () => {
  for (const text of [
    "2024-03-12",
    "2024/03/12",
    "20240312",
    "2024-03-12T09:14:00Z",
    "2024-3-12 2:30 PM",
    "12/03/2024",
    "12.3.2024",
    "12-03-2024 09:14",
    "12 Mar 2024",
    "12-Mar-2024",
    "Mar 12, 2024",
    "March 12 2024",
  ])
    assert.equal(read(text), 20_240_312, text);
  assert.equal(read("03/12/2024", "month_first"), 20_240_312);
  assert.equal(read("2024-03-12", "month_first"), 20_240_312);
});

test("what is no day is none, and two digits are no year", () => {
  for (const text of [
    "",
    "2023-02-29",
    "31/04/2024",
    "13/13/2024",
    "12.03.24",
    "2024-00-10",
    "Foo 12, 2024",
    "12345678",
    "soon",
    "1.234.567",
    "99999999",
  ])
    assert.ok(Number.isNaN(read(text)), text);
  assert.equal(read("29/02/2024"), 20_240_229);
});

test("a date shows its order only where no other gives a day", () => {
  const cases: [text: string, order: ReturnType<typeof shown>][] = [
    ["13/04/2024", "day_first"],
    ["04/13/2024", "month_first"],
    ["03/04/2024", "either"],
    ["04/04/2024", "fixed"],
    ["2024-03-04", "fixed"],
    ["3 Apr 2024", "fixed"],
    ["13/13/2024", null],
    ["nothing", null],
  ];
  for (const [text, order] of cases) assert.equal(shown(text), order, text);
});

test("months are whole ones of the calendar", () => {
  assert.equal(monthsBetween(20_240_115, 20_240_215), 1);
  assert.equal(monthsBetween(20_240_115, 20_240_214), 0);
  assert.equal(monthsBetween(20_231_231, 20_240_101), 0);
  assert.equal(monthsBetween(20_200_229, 20_240_229), 48);
  assert.equal(monthsBetween(20_240_216, 20_240_215), -1);
  assert.ok(Number.isNaN(monthsBetween(Number.NaN, 20_240_215)));
});

test("any text is read or refused, in either order", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      const day = read(text);
      assert.ok(Number.isNaN(day) || (day >= 19_000_101 && day <= 22_001_231));
    }),
    { numRuns: 500 },
  );
});
