import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { normaliseHeader, normaliseText } from "../../src/features/normalise.ts";

const key = (header: string) => normaliseHeader(header).key;

test("case, camelCase, spaces, underscores and punctuation do not count in a header", () => {
  for (const header of [
    "MonthlyCharges",
    "monthly_charges",
    " Monthly  Charges ",
    "MONTHLY-CHARGES",
    "Monthly.Charges",
  ]) {
    assert.equal(key(header), "monthlycharges");
  }
  assert.notEqual(key("MonthlyCharge"), "monthlycharges");
});

test("words are parted at capitals, and an acronym stays one word", () => {
  assert.deepEqual(normaliseHeader("IDCliente").words, ["id", "cliente"]);
  assert.deepEqual(normaliseHeader("CLIENTNUM").words, ["clientnum"]);
  assert.deepEqual(normaliseHeader("externalIDs").words, ["external", "ids"]);
});

test("accents go, letters of other alphabets stay", () => {
  assert.equal(key("Método_pagamento"), "metodopagamento");
  assert.equal(key("Größe"), "grosse");
  assert.notEqual(key("Соntract"), "contract", "the first two letters are Cyrillic");
  assert.notEqual(key("Ρartner"), "partner", "the first letter is Greek");
});

test("unit words in brackets and after a slash are told apart from the name", () => {
  assert.deepEqual(normaliseHeader("Tenure (months)"), { words: ["tenure"], key: "tenure", units: ["months"] });
  assert.deepEqual(normaliseHeader("Charge [USD]").units, ["usd"]);
  assert.deepEqual(normaliseHeader("Charges / year").units, ["year"]);
  assert.deepEqual(normaliseHeader("Charges ($)").units, ["$"]);
  assert.equal(key("Country/Region"), "countryregion");
  assert.equal(key("broken (bracket"), "brokenbracket");
});

test("$created is not created", () => {
  assert.notEqual(key("$created"), key("created"));
  assert.equal(key("Monthly charges $"), "monthlycharges");
});

test("a byte order mark and zero-width characters do not count", () => {
  assert.equal(key("\ufeffcustomerID\u200b"), "customerid");
});

test("values compare by letters and digits, and 1.0 is neither 10 nor -1.0", () => {
  assert.equal(normaliseText("Month-to-Month"), normaliseText("month to month"));
  assert.equal(normaliseText("Bank Transfer(automatic)"), normaliseText("bank transfer (automatic)"));
  assert.notEqual(normaliseText("1.0"), normaliseText("10"));
  assert.notEqual(normaliseText("1.0"), normaliseText("-1.0"));
  assert.equal(normaliseText(" - "), "-");
});

test("any text has a key of bounded length, and normalising it again changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const once = normaliseText(text);
      assert.equal(normaliseText(once), once);
      assert.ok(normaliseHeader(text).key.length <= 256 * 18);
    }),
  );
});
