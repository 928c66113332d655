import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { readTable } from "./csv-table.ts";
import { allPredictions, settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
const service = await startService(join(folder.path, "home"));
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

const people = ["a,5,70.5", "b,40,29.95", "c,71,99.5"];
const without = ["customer_id,tenure,MonthlyCharges", ...people].join("\n");
const withColumn = ["customer_id,tenure,MonthlyCharges,Contract", ...people.map((row) => `${row},One year`)].join("\n");

const send = (csv: string, constants?: unknown, more = "") =>
  upload(
    service,
    csv,
    constants === undefined ? "" : `?constants=${encodeURIComponent(JSON.stringify(constants))}${more}`,
  );
async function ended(response: Response) {
  const text = await response.text();
  assert.equal(response.status, 202, text);
  return settled(service, (JSON.parse(text) as { upload_id: string }).upload_id);
}
async function refused(response: Response): Promise<string> {
  const problem = (await response.json()) as { code: string; detail: string };
  assert.deepEqual([response.status, problem.code], [422, "mapping_invalid"], problem.detail);
  return problem.detail;
}
const scoresOf = async (id: string) => (await allPredictions(service, id)).map((each) => each.churn_probability);
async function viewOf(id: string) {
  return (await (await fetch(`${service.url}/v1/uploads/${id}`)).json()) as {
    constants: unknown;
    missing_features: string[];
    questions: { question: string }[];
    options: { constants: unknown };
  };
}
const answer = (id: string, body: unknown) =>
  fetch(`${service.url}/v1/uploads/${id}/mapping`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("a value for the whole file scores like a column of it, is read like a cell, and each reason says so", async () => {
  const expected = await scoresOf((await ended(await send(withColumn))).upload_id);
  const given = await ended(await send(without, { contract: "one YEAR" }));
  assert.equal(given.status, "completed", JSON.stringify(given.error));
  assert.deepEqual(await scoresOf(given.upload_id), expected);
  const view = await viewOf(given.upload_id);
  assert.deepEqual(view.constants, [{ feature: "contract", value: "One year" }]);
  assert.deepEqual(view.options.constants, { contract: "one YEAR" });
  assert.ok(!view.missing_features.includes("contract"));
  assert.ok(!given.mapping.some(({ feature }) => feature === "contract"));
  const page = (await (await fetch(`${service.url}/v1/uploads/${given.upload_id}/predictions`)).json()) as {
    data: { reasons: { feature: string; column: string | null; note: string | null }[] }[];
  };
  const reasons = page.data.flatMap((each) => each.reasons.filter(({ feature }) => feature === "contract"));
  assert.ok(reasons.length > 0);
  for (const { column, note } of reasons)
    assert.deepEqual([column, note], [null, "Contract was given for the whole file: One year."]);
});

test("a file that asks for a column says that one value may be given, and goes on with it", async () => {
  const asked = await ended(await send(without));
  assert.equal(asked.status, "needs_mapping");
  assert.match((await viewOf(asked.upload_id)).questions[0]!.question, /constants \{"contract": "Month-to-month"\}/);
  assert.match(await refused(await answer(asked.upload_id, { constants: { contract: "gold" } })), /gold/);
  assert.equal((await answer(asked.upload_id, { remember: true })).status, 400);
  assert.equal((await answer(asked.upload_id, { constants: { contract: "One year" }, remember: true })).status, 202);
  const done = await settled(service, asked.upload_id);
  assert.deepEqual(await scoresOf(done.upload_id), await scoresOf((await ended(await send(withColumn))).upload_id));
  assert.equal(((await (await fetch(`${service.url}/v1/mappings`)).json()) as { data: unknown[] }).data.length, 0);
});

test("a constant that cannot be read, or that the mapping gives a column, is refused; a column found for it is told", async () => {
  assert.match(await refused(await send(without, { colour: "red" })), /colour/);
  assert.match(await refused(await send(without, { contract: "n/a" })), /n\/a/);
  assert.match(await refused(await send(without, { contract: "One year", tenure_months: -3 })), /tenure_months/);
  assert.match(await refused(await send(without, { total_charges: "1,125" })), /fraction or the thousands/);
  const number = await ended(await send(withColumn, { total_charges: 1.125 }));
  assert.deepEqual((await viewOf(number.upload_id)).constants, [{ feature: "total_charges", value: 1.125 }]);
  const mapping = `&mapping=${encodeURIComponent('{"contract":"Contract"}')}`;
  assert.match(await refused(await send(withColumn, { contract: "One year" }, mapping)), /given twice/);
  const over = await ended(await send(withColumn, { contract: "Two year" }));
  assert.equal(over.status, "completed");
  const told = over.issues.find(({ code }) => code === "constant_over_column");
  assert.deepEqual([told?.severity, told?.column], ["warning", "Contract"]);
  assert.deepEqual(
    await scoresOf(over.upload_id),
    await scoresOf((await ended(await send(without, { contract: "Two year" }))).upload_id),
  );
});

test("the command line takes it with --set", async () => {
  const [plain, full] = [join(folder.path, "plain.csv"), join(folder.path, "full.csv")];
  writeFileSync(plain, without);
  writeFileSync(full, withColumn);
  const scores = async (args: string[]) =>
    readTable((await run(["score", ...args])).stdout).rows.map((row) => row.get("churn_probability"));
  assert.deepEqual(await scores([plain, "--set", "contract=One year"]), await scores([full]));
  const wrong = await run(["score", plain, "--set", "contract=gold"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /gold/);
});
