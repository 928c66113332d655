/** A column may have a name of 10,000 characters: it is told once, and shortened wherever it is spoken of. About 2 s. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
after(() => model.stop());

const long = `tenure${"!".repeat(limits.headerCharacters)}`;
const bytesOf = (lines: readonly string[]) => new TextEncoder().encode(lines.join("\n"));

test("the rows that a column sets aside do not each repeat its long name", async () => {
  const rows = Array.from({ length: 500 }, (_, row) => `${row},${row % 2 === 0 ? "" : "4"},50.5,One year`);
  const file = bytesOf([`customerID,${long},MonthlyCharges,Contract`, ...rows]);
  const { rejections, report } = await scoreBytes(model, file, { mapping: { tenure_months: "#2" } });
  assert.equal(rejections.length, 250);
  for (const { error } of rejections) assert.ok(error.length < 400 && error.includes("tenure!!!"), error.slice(0, 500));
  assert.equal(report.report.columns[1], long.slice(0, limits.headerCharacters));
});

test("a long name that stands there twice is refused in one line", async () => {
  const file = bytesOf([`customerID,${long},${long},MonthlyCharges,Contract`, "1,4,4,50.5,One year"]);
  await assert.rejects(scoreBytes(model, file), (error) => {
    assert.ok(error instanceof RetainWiseError && error.code === "duplicate_columns");
    for (const { detail } of [error, ...error.issues]) assert.ok(detail.length < 200, detail.slice(0, 300));
    return true;
  });
});

test("questions about columns of long names can be read", async () => {
  const file = bytesOf([`customerID,${long},MonthlyCharges,Contract`, "1,x,50.5,One year", "2,y,60.5,One year"]);
  const { report } = await scoreBytes(model, file);
  assert.ok(report.report.questions.length > 0);
  for (const { question } of report.report.questions) assert.ok(question.length < 1_500, question.slice(0, 3_000));
});
