import assert from "node:assert/strict";
import { test } from "node:test";
import { monthsOf } from "../../src/features/billing-interval.ts";

test("an interval is read in months, in several tongues", () => {
  const known: [text: string, months: number][] = [
    ["month", 1],
    ["Monthly", 1],
    ["monatlich", 1],
    ["year", 12],
    ["Annual", 12],
    ["annuel", 12],
    ["quarterly", 3],
    ["every 3 months", 3],
    ["6-month", 6],
    ["2 years", 24],
    ["week", 84 / 365.25],
    ["day", 12 / 365.25],
  ];
  for (const [text, months] of known) assert.equal(monthsOf(text), months, text);
});

test("what says no interval for sure says none", () => {
  for (const text of [
    "",
    "semi-annual",
    "bi-monthly",
    "Month-to-month",
    "month|year",
    "lifetime",
    "12",
    "0 months",
    "-1 month",
    "Pro",
  ])
    assert.ok(Number.isNaN(monthsOf(text)), text);
});
