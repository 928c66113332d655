/** The validator's report over HTTP: priced by root cause, in the words of command line and documentation, and never larger than 2 MB. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { escapeHtml, prose } from "../../src/api/docs-layout.ts";
import { UploadView } from "../../src/api/upload-view.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
const service = await startService(join(folder.path, "home"));
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

const bad = 10_000;
const rows = 100_000;

/** The size of the answer, and the answer. */
async function reportOf(csv: string) {
  const response = await upload(service, csv);
  assert.equal(response.status, 202, await response.clone().text());
  const { upload_id: id } = v.parse(v.object({ upload_id: v.string() }), await response.json());
  await settled(service, id);
  const bytes = new Uint8Array(await (await fetch(`${service.url}/v1/uploads/${id}`)).arrayBuffer());
  return { id, size: bytes.length, view: v.parse(UploadView, JSON.parse(new TextDecoder().decode(bytes))) };
}

/** Customers of whom every tenth has a tenure that is no number; behind their own columns an empty one for each of `names`. */
function* lines(count: number, names: readonly string[]): Generator<string> {
  yield `${[...customerHeader, ...names].join()}\n`;
  const tenure = customerHeader.indexOf("tenure");
  const blanks = ",".repeat(names.length);
  let row = 0;
  for (const cells of makeCustomers(count, 5)) {
    if (row++ % 10 === 0) cells[tenure] = "soon";
    yield `${cells.join()}${blanks}\n`;
  }
}

test("one bad row in ten of 100,000: counted and priced exactly, with few examples", async () => {
  const { size, view } = await reportOf([...lines(rows, [])].join(""));
  assert.ok(size <= 2_000_000, `${size} bytes`);
  assert.equal(view.status, "completed", JSON.stringify(view.error));
  assert.deepEqual([view.rows.scored, view.rows.rejected], [rows - bad, bad]);
  const charge = customerHeader.indexOf("MonthlyCharges");
  const cents = [...makeCustomers(rows, 5)].reduce(
    (sum, cells, i) => (i % 10 === 0 ? sum + Math.round(100 * Number(cells[charge])) : sum),
    0,
  );
  const price = { customers: bad, monthly_revenue: cents / 100, revenue_known_for: bad };
  const [problem] = view.problems;
  assert.deepEqual(
    [problem?.cause, problem?.columns, problem?.not_scored, view.not_scored],
    ["not_a_number", ["tenure"], price, price],
  );
  const issue = view.issues[problem!.issues[0]!]!;
  assert.deepEqual(
    [issue.code, issue.count, issue.examples.length, issue.rule],
    ["not_a_number", bad, 5, "a number from 0 to 1200"],
  );
  assert.deepEqual([view.issues_truncated, view.columns_truncated, view.problems_truncated], [false, false, false]);
});

for (const [what, letter] of [
  ["of 10,000 characters", "x"],
  ["of 10,000 characters with three bytes each", "長"],
] as const) {
  test(`with hundreds of columns, a hundred of them with names ${what}, the report fits in 2 MB and says what is left out`, async () => {
    const short = Array.from({ length: 200 }, (_, i) => `column ${i}`);
    const names = [...short, ...Array.from({ length: 100 }, (_, i) => `${i}${letter.repeat(10_000)}`.slice(0, 10_000))];
    const { size, view } = await reportOf([...lines(letter === "x" ? rows : 100, names)].join(""));
    assert.ok(size <= 2_000_000, `${size} bytes`);
    assert.ok(size > 1_500_000, "as much as fits is shown");
    assert.equal(view.status, "completed", JSON.stringify(view.error));
    assert.equal(view.columns_truncated, true);
    // What is there is whole, and in its place.
    assert.deepEqual(view.columns, [...customerHeader, ...names].slice(0, view.columns.length));
    assert.ok(view.columns.length > customerHeader.length + short.length);
    assert.equal(view.problems[0]?.not_scored.customers, view.rows.rejected);
  });
}

test("the command line and /docs/errors have the words of the report", async () => {
  const spoiled = [...lines(400, [])].map((line, row) =>
    row === 7 ? "a,b,c\n" : row === 18 ? line.replace(/[^,]*$/, "-5\n") : line,
  );
  const { view } = await reportOf(spoiled.join("") + spoiled[3]!);
  assert.ok(view.problems.length >= 4, JSON.stringify(view.problems));
  const path = join(folder.path, "spoiled.csv");
  writeFileSync(path, spoiled.join("") + spoiled[3]!);
  const { stderr, code } = await run(["score", path, "--out", join(folder.path, "out.csv")]);
  assert.equal(code, 0, stderr);
  const docs = await (await fetch(`${service.url}/docs/errors`)).text();
  const number = (value: number) => value.toLocaleString("en-US");
  for (const { title, remedy, customers, not_scored: price } of view.problems) {
    const line = stderr.split("\n").findIndex((each) => each.includes(`${title} (`) || each.includes(`${title}:`));
    assert.ok(line >= 0, title);
    assert.match(
      stderr.split("\n")[line]!,
      new RegExp(
        `: ${number(price.customers || customers)} customers? ${price.customers > 0 ? "not scored" : "concerned"}`,
      ),
    );
    assert.ok(stderr.includes(remedy), remedy);
    assert.ok(docs.includes(escapeHtml(title)) && docs.includes(prose(remedy)), title);
  }
  for (const { message, count, code: issue } of view.issues)
    assert.ok(stderr.includes(`${number(count)} × ${issue}: ${message}`), message);
  assert.ok(stderr.includes(`each customer once: ${number(view.not_scored.customers)} customers not scored`), stderr);
});
