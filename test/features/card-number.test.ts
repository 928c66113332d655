import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsCardNumbers, isCardNumber } from "../../src/features/card-number.ts";
import { cardNumberOf } from "../inference/exports/make-export.ts";

const isOne = (text: string) => isCardNumber(text, 0, text.length);
const wrong = (number: string) => number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10);
const grouped = (number: string, gap: string) => (number.match(/.{1,4}/g) ?? []).join(gap);

test("numbers of the large issuers are recognised, plain and in groups, within a text", () => {
  for (const issuer of ["400000", "510510", "222100", "601100", "353011", "620000"]) {
    const number = cardNumberOf(3, issuer);
    assert.equal(number.length, 16);
    assert.ok(isOne(number), number);
    assert.ok(isOne(grouped(number, " ")) && isOne(grouped(number, "-")));
    assert.ok(isCardNumber(`x,${number},y`, 2, 18));
    assert.ok(!isOne(wrong(number)), "Luhn's digit is checked");
  }
});

test("what is masked, cut, mangled, too long or of another kind is none", () => {
  const number = cardNumberOf(5);
  const others = [`************${number.slice(-4)}`, number.slice(-4), "4.24242E+15", `${number}0000`, `${number} `];
  others.push(`-${number}`, grouped(number, "  "), cardNumberOf(5, "899000"), "", "4000-");
  // A phone's serial number (IMEI) has 15 digits and passes Luhn's check.
  others.push("490154203237518", "356938035643809");
  for (const other of others) assert.ok(!isOne(other), other);
});

test("a column holds card numbers when nearly all of its values are some, or its name says so and one is", () => {
  assert.ok(holdsCardNumbers("Reference", 10, 11));
  assert.ok(!holdsCardNumbers("Reference", 9, 11), "sixteen random digits pass now and then");
  assert.ok(!holdsCardNumbers("Reference", 2, 2), "two may be chance");
  for (const name of ["card.number", "Card Number", "creditcardnumber", "PAN", "card_no"])
    assert.ok(holdsCardNumbers(name, 1, 30), name);
  for (const name of ["gift card number", "loyalty_card_no", "SIM card", "company", "discarded"])
    assert.ok(!holdsCardNumbers(name, 1, 30), name);
  assert.ok(!holdsCardNumbers("card.number", 0, 30));
});
