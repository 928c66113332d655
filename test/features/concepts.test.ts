import assert from "node:assert/strict";
import { test } from "node:test";
import { bagOf } from "../../src/features/bags.ts";
import { readConcepts } from "../../src/features/concepts.ts";
import { normaliseHeader } from "../../src/features/normalise.ts";
import { splitCompound } from "../../src/features/split-compound.ts";

const read = (header: string, correct = false) => {
  const { words, units } = normaliseHeader(header);
  return readConcepts([...words, ...units], correct);
};
const bag = (header: string) => bagOf(read(header).concepts);

test("names of one meaning are one, whatever the tongue, order and dress", () => {
  const same = [
    [
      "Monthly charge",
      "charge_per_month",
      "monthlyFee",
      "Kosten pro Monat",
      "canone mensile",
      "Maandelijkse kosten",
      "prix par mois",
      "MONTHLYCOST",
    ],
    [
      "Payment method",
      "Method of payment",
      "Metodo di pagamento",
      "Betaalmethode",
      "payMode",
      "Zahlungs-Weise",
      "FormaPago",
    ],
    ["Contract type", "Type of agreement", "Vertragstyp", "tipo_contrato", "contracttype"],
    [
      "Customer number",
      "customer no.",
      "Kundennummer",
      "num\u00e9ro client",
      "Customer #",
      "N\u00b0 client",
      "subscriber_key",
    ],
    ["Tech support", "technicalSupport", "Suporte t\u00e9cnico", "Technische ondersteuning"],
  ];
  for (const [first, ...others] of same) for (const other of others) assert.equal(bag(other), bag(first!), other);
});

test("names of other meanings stay apart", () => {
  const apart = [
    "Contract type",
    "Contact type",
    "Contract number",
    "Number of contracts",
    "Plan type",
    "Card type",
    "Charge",
    "Total charge",
    "Monthly charge",
    "Annual charge",
    "Charges in cents",
  ];
  assert.equal(new Set(apart.map(bag)).size, apart.length);
});

test("words run together are told apart only when all of them are known", () => {
  assert.deepEqual(splitCompound("vertragslaufzeit"), ["vertrag", "laufzeit"]);
  assert.deepEqual(splitCompound("premiumsupport"), ["premium", "support"]);
  assert.deepEqual(splitCompound("clientid"), ["client", "id"]);
  for (const word of ["contractory", "seniorityx", "dependencyq", "xcontract", "contractx", "", "a", "s".repeat(40)])
    assert.equal(splitCompound(word), null, word);
});

test("an unknown word may be a misspelt one, a known word never is", () => {
  assert.deepEqual([...read("paymnt", true).concepts], ["payment"]);
  assert.equal(read("paymnt", true).typos, 1);
  // One letter from "contract" and from "contact": it is left as it is.
  assert.deepEqual([...read("contarct", true).concepts], ["contarct"]);
  assert.deepEqual([...read("Contact Type", true).concepts], ["contact", "type"]);
  assert.equal(read("Contact Type", true).typos, 0);
  assert.deepEqual([...read("paymnt").concepts], ["paymnt"]);
});
