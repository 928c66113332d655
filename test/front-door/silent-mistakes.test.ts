/** What a silent mistake costs, over HTTP and on the command line: asked, set aside or told there as in the engine, and the same numbers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { clean, csvOf, type SilentFault, silentFaults } from "../inference/silent-faults.ts";
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

async function scored(csv: string) {
  const response = await upload(service, csv);
  assert.equal(response.status, 202, await response.clone().text());
  const { upload_id: id } = (await response.json()) as { upload_id: string };
  return { id, ...(await settled(service, id)) };
}
const probabilities = async (id: string) =>
  (await allPredictions(service, id)).map(({ row, churn_probability: probability }) => [row, probability]);

test("over HTTP no fault is scored in silence", async () => {
  const expected = await probabilities((await scored(csvOf(clean))).id);
  assert.equal(expected.length, clean.length);
  for (const { fault, what, customers, outcome } of silentFaults) {
    const found = await scored(csvOf(customers));
    const name = `${fault}, ${what}`;
    assert.equal(found.status, outcome.kind === "asked" ? "needs_mapping" : "completed", name);
    if (outcome.kind === "asked") {
      assert.equal(found.rows.scored, 0, name);
      const question = found.questions.find(({ feature }) => feature === outcome.feature);
      assert.match(question?.question ?? "no question", outcome.saying, name);
      if (outcome.feature !== "contract")
        assert.ok(question!.effect!.changed_tier * 50 > question!.effect!.sampled, name);
      continue;
    }
    const code = outcome.kind === "set_aside" ? outcome.code : outcome.issue;
    if (typeof code === "string")
      assert.ok(
        found.issues.some((issue) => issue.code === code),
        name,
      );
    else if (outcome.kind === "left_out") assert.ok(found.missing_features.includes(outcome.feature), name);
    if (outcome.kind === "same") assert.deepEqual(await probabilities(found.id), expected, name);
    if (outcome.kind !== "set_aside") continue;
    assert.equal(found.rows.rejected, outcome.rows, name);
    const rows = await probabilities(found.id);
    const kept = new Set(rows.map(([row]) => row));
    assert.deepEqual(
      rows,
      expected.filter(([row]) => kept.has(row)),
      name,
    );
  }
});

/** The usual case of each fault, and every kind of outcome. */
const some = silentFaults.filter(
  ({ fault, outcome }, i) =>
    silentFaults.findIndex((each) => each.fault === fault) === i ||
    silentFaults.findIndex((each) => each.outcome.kind === outcome.kind) === i,
);

test("on the command line no fault is scored in silence", async () => {
  const score = ({ customers }: Pick<SilentFault, "customers">) =>
    run(["score", "-", "--no-explain"], { stdin: csvOf(customers) });
  const column = (stdout: string) => readTable(stdout).rows.map((row) => row.get("churn_probability"));
  const expected = column((await score({ customers: clean })).stdout);
  assert.equal(expected.length, clean.length);
  const check = async (fault: SilentFault) => {
    const { outcome } = fault;
    const name = `${fault.fault}, ${fault.what}`;
    const { code, stdout, stderr } = await score(fault);
    assert.equal(code, outcome.kind === "asked" ? 2 : 0, `${name}: ${stderr}`);
    if (outcome.kind === "asked") {
      assert.equal(stdout, "", name);
      assert.match(stderr, outcome.saying, name);
      if (outcome.feature !== "contract") assert.match(stderr, /\d+ of 400 customers would change tier/, name);
    } else if (outcome.kind === "same") assert.deepEqual(column(stdout), expected, name);
    const told = outcome.kind === "set_aside" ? outcome.code : outcome.kind === "asked" ? null : outcome.issue;
    if (typeof told === "string") assert.ok(stderr.includes(told), `${name}: ${stderr}`);
    if (outcome.kind === "left_out")
      assert.match(stderr, /scored without (Total charges|Internet service|Payment method):/, name);
  };
  // Two processes at a time, as there are cores.
  for (let i = 0; i < some.length; i += 2) await Promise.all(some.slice(i, i + 2).map(check));
});
