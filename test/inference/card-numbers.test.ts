/** Full card numbers are refused before a file is stored, and no message shows one. */
import assert from "node:assert/strict";
import { RetainWiseError } from "../../src/errors.ts";
import { inspectHead } from "../../src/inference/inspect-head.ts";
import { suggestMapping } from "../../src/inference/suggest-mapping.ts";
import { limits } from "../../src/limits.ts";
import { test } from "../slow-test.ts";
import { stripePaymentData } from "./exports/billing.ts";
import { cardNumberOf, type Export, makeExport, writeExport } from "./exports/make-export.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
const withStyle = (file: Export, style: Export["style"]) => writeExport({ ...file, style });

/** Checks that it is the refusal, naming the column and no number. */
function isRefusal(column: string): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof RetainWiseError, String(error));
    assert.equal(error.code, "card_numbers");
    assert.deepEqual(
      error.issues.map((issue) => [issue.code, issue.column]),
      [["card_numbers", column]],
    );
    assert.ok(error.detail.includes(JSON.stringify(column)));
    assert.doesNotMatch(JSON.stringify([error.detail, error.issues]), /\d{5}/);
    return true;
  };
}

test("Stripe's export with full card numbers is refused by its head, in any dress", () => {
  const file = stripePaymentData();
  const styles = [{}, { utf16: true, delimiter: "\t" }, { delimiter: ";", quoteAll: true }, { bom: true, end: "\r\n" }];
  for (const style of styles) assert.throws(() => inspectHead(withStyle(file, style), true), isRefusal("card.number"));
  const cp1252 = Uint8Array.from(writeExport(file), (byte) => (byte > 0x7f ? 0xe9 : byte));
  assert.throws(() => inspectHead(cp1252, true), isRefusal("card.number"));
  const spaced = stripePaymentData((i) => `'${cardNumberOf(i).replaceAll(/(\d{4})(?=\d)/g, "$1 ")}`);
  assert.throws(() => inspectHead(writeExport(spaced), true), isRefusal("card.number"));
});

test("one full number among masked ones is enough in a column that is named so", () => {
  const file = stripePaymentData((i) => (i === 12 ? cardNumberOf(i) : `************${1000 + i}`));
  assert.throws(() => inspectHead(writeExport(file), true), isRefusal("card.number"));
});

test("the same export with masked numbers is taken, and asked about like any other", async () => {
  const file = writeExport(stripePaymentData((i) => `************${1000 + i}`));
  inspectHead(file, true);
  const { report } = await scoreBytes(model, file, { explain: false });
  assert.equal(report.blocked?.code, "required_columns_missing");
});

test("card numbers that begin below the head are found in the first pass, before anything is scored", async () => {
  const rows = 3_000;
  const file = makeExport(["customer_id", "note", "Reference"], rows, (i) => [
    `c${i}`,
    "a note that makes the row longer",
    i > rows / 2 ? cardNumberOf(i) : "",
  ]);
  const bytes = writeExport(file);
  assert.ok(bytes.length > 1.5 * limits.headBytes);
  inspectHead(bytes.slice(0, limits.headBytes), false);
  await assert.rejects(scoreBytes(model, bytes, { explain: false }), isRefusal("Reference"));
});

test("a suggestion is refused as well, for a head and for sample rows", () => {
  const file = stripePaymentData();
  assert.throws(() => suggestMapping(model.schema, { bytes: writeExport(file) }), isRefusal("card.number"));
  const sample = { columns: file.header, sample: file.rows.slice(0, 5) };
  assert.throws(() => suggestMapping(model.schema, sample), isRefusal("card.number"));
});

test("long ids are no card numbers", () => {
  const ids = makeExport(["Account number", "IMEI"], 50, (i) => [
    String(4_000_000_000_000_000 + i * 7),
    "490154203237518",
  ]);
  inspectHead(writeExport(ids), true);
});
