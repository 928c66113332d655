import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { sharedData, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { readTable } from "./csv-table.ts";
import { allPredictions, settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
const home = join(folder.path, "home");
const service = await startService(home);
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));
const telecom = sharedData("telecom_customers.csv");
const storedFiles = () =>
  readdirSync(join(home, "files"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
const uploads = async () =>
  ((await (await fetch(`${service.url}/v1/uploads?limit=100`)).json()) as { data: unknown[] }).data.length;

async function accepted(csv: string | Uint8Array, query = "") {
  const response = await upload(service, csv, query);
  const text = await response.text();
  assert.equal(response.status, 202, text);
  return (JSON.parse(text) as { upload_id: string }).upload_id;
}

test("over REST every number is the command line's to the last bit", async () => {
  const id = await accepted(sample);
  const answer = await settled(service, id);
  assert.equal(answer.status, "completed", JSON.stringify(answer.error));
  assert.deepEqual(answer.rows, { read: 320, scored: 315, rejected: 5 });
  const { stdout } = await run(["score", "samples/telecom.csv", "--shap"]);
  for (const shap of ["", "?shap=all"]) {
    const csv = await (await fetch(`${service.url}/v1/uploads/${id}/predictions.csv${shap}`)).text();
    const expected = shap === "" ? (await run(["score", "samples/telecom.csv"])).stdout : stdout;
    assert.equal(csv, expected);
  }
  const lines = readTable(stdout).rows;
  const predictions = await allPredictions(service, id);
  assert.deepEqual(
    predictions.map((prediction) => [prediction.customer_id, prediction.churn_probability]),
    lines.map((line) => [line.get("customerID"), Number(line.get("churn_probability"))]),
  );
});

test("the telecom sample over REST equals the command line", {
  skip: skipWithout("shared/data/telecom_customers.csv", telecom !== null),
}, async () => {
  const id = await accepted(readFileSync(telecom!));
  const answer = await settled(service, id);
  assert.deepEqual(answer.rows, { read: 7043, scored: 7043, rejected: 0 });
  assert.equal(
    answer.issues.find((issue) => issue.code === "blank_value" && issue.column === "TotalCharges")?.count,
    11,
  );
  const csv = await (await fetch(`${service.url}/v1/uploads/${id}/predictions.csv?shap=all`)).text();
  assert.equal(csv, (await run(["score", telecom!, "--shap"])).stdout);
});

test("one prediction carries every attribution, and they add up to its raw score and probability", async () => {
  const id = await accepted(sample);
  await settled(service, id);
  const page = await allPredictions(service, id, "order=risk");
  const detail = (await (await fetch(`${service.url}/v1/uploads/${id}/predictions/${page[0]!.row}`)).json()) as {
    attributions: { shap_value: number }[];
    base_value: number;
    raw_score: number;
    churn_probability: number;
  };
  assert.equal(detail.attributions.length, 18);
  const sum = detail.attributions.reduce((total, attribution) => total + attribution.shap_value, detail.base_value);
  assert.ok(Math.abs(sum - detail.raw_score) < 1e-9);
  assert.ok(Math.abs(1 / (1 + Math.exp(-sum)) - detail.churn_probability) < 1e-6);
  const probabilities = page.map((prediction) => prediction.churn_probability);
  assert.deepEqual(
    probabilities,
    probabilities.toSorted((a, b) => b - a),
  );
});

test("rejected.csv holds the rows set aside as they came, and scores once corrected", async () => {
  const id = await accepted(sample);
  await settled(service, id);
  const text = await (await fetch(`${service.url}/v1/uploads/${id}/rejected.csv`)).text();
  const { rows } = readTable(text);
  assert.deepEqual(
    rows.map((row) => row.get("row")),
    ["19", "50", "95", "190", "264"],
  );
  const again = await settled(service, await accepted(text.replace(",-19.95,", ",19.95,")));
  assert.equal(again.rows.scored, 1);
});

test("synchronous predictions equal those of a file", async () => {
  const header = [...customerHeader];
  const customers = [...makeCustomers(20, 8)];
  const id = await accepted([header, ...customers].map((cells) => cells.join()).join("\n"));
  await settled(service, id);
  const fromFile = await allPredictions(service, id);
  const response = await fetch(`${service.url}/v1/predict`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      customers: customers.map((cells) => Object.fromEntries(cells.map((cell, i) => [header[i], cell]))),
      explain: true,
    }),
  });
  assert.equal(response.status, 200);
  const { predictions } = (await response.json()) as {
    predictions: { churn_probability: number; raw_score: number }[];
  };
  assert.deepEqual(
    predictions.map((prediction) => prediction.churn_probability),
    fromFile.map((prediction) => prediction.churn_probability),
  );
  assert.deepEqual(
    predictions.map((prediction) => prediction.raw_score),
    fromFile.map((prediction) => prediction.raw_score),
  );
});

test("what can be refused at the door is refused there, by name, and leaves nothing behind", async () => {
  const header = "customer_id,tenure,Contract,MonthlyCharges\n";
  const cases: [what: string, body: string | Uint8Array, type: string, status: number, code: string][] = [
    ["empty", "", "text/csv", 422, "empty_file"],
    ["header only", header, "text/csv", 422, "no_data_rows"],
    [
      "workbook",
      Uint8Array.from([0x50, 0x4b, 3, 4, ...new TextEncoder().encode("....xl/workbook.xml")]),
      "text/csv",
      415,
      "not_csv",
    ],
    ["gzip", Uint8Array.from([0x1f, 0x8b, 8, 0, 1, 2]), "text/csv", 415, "not_csv"],
    ["binary", Uint8Array.from({ length: 300 }, (_, i) => (i * 91) % 256), "text/csv", 415, "not_csv"],
    ["wrong media type", `${header}a,5,One year,70\n`, "image/png", 415, "unsupported_media_type"],
  ];
  const [files, records] = [storedFiles(), await uploads()];
  for (const [what, body, type, status, code] of cases) {
    const response = await fetch(`${service.url}/v1/uploads`, {
      method: "POST",
      headers: { "content-type": type },
      body: body as BodyInit,
    });
    const problem = (await response.json()) as { code: string; status: number };
    assert.equal(response.status, status, `${what}: ${JSON.stringify(problem)}`);
    assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/, what);
    assert.equal(problem.code, code, what);
  }
  assert.equal(storedFiles(), files);
  assert.equal(await uploads(), records);
});

test("what only the whole file shows ends the upload with a stable code and no results", async () => {
  const header = "customer_id,tenure,Contract,MonthlyCharges\n";
  const cases: [body: string, status: string, code: string][] = [
    [`${header}"a,5,One year,70\n`, "failed", "csv_malformed"],
    [`${header}a,5\nb,6\n`, "failed", "all_rows_rejected"],
    ["customer_id,tenure,tenure,Contract,MonthlyCharges\na,5,6,One year,70\n", "failed", "duplicate_columns"],
    ["customer_id,tenure,MonthlyCharges\na,5,70\n", "needs_mapping", "required_columns_missing"],
    [`${header}${"a,5,One year,70\n".repeat(20)}b,6,One`, "failed", "csv_truncated"],
  ];
  for (const [body, status, code] of cases) {
    const answer = await settled(service, await accepted(body));
    assert.equal(answer.status, status, JSON.stringify(answer));
    assert.equal(answer.error?.code, code);
    const predictions = await fetch(`${service.url}/v1/uploads/${answer.upload_id}/predictions`);
    assert.equal(predictions.status, 409);
  }
});

test("a question answered with mapping goes on to results", async () => {
  const id = await accepted("customer_id,tenure,Term,MonthlyCharges\na,5,One year,70\nb,6,Month-to-month,80\n");
  const asked = await settled(service, id);
  if (asked.status !== "completed") {
    assert.equal(asked.status, "needs_mapping");
    const response = await fetch(`${service.url}/v1/uploads/${id}/mapping`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mapping: { contract: "Term" }, remember: false }),
    });
    assert.ok(response.ok, await response.text());
  }
  assert.equal((await settled(service, id)).rows.scored, 2);
});

test("what a person asked to have remembered maps the next file, unless its values no longer fit", async () => {
  const first = await accepted(
    "customer_id,Zeitraum,Laufzeit,MonthlyCharges\na,5,One year,70\nb,6,Month-to-month,80\n",
  );
  assert.equal((await settled(service, first)).status, "needs_mapping");
  const answer = { mapping: { tenure_months: "Zeitraum", contract: "Laufzeit" }, remember: true };
  const response = await fetch(`${service.url}/v1/uploads/${first}/mapping`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(answer),
  });
  assert.equal(response.status, 202, await response.text());
  assert.equal((await settled(service, first)).rows.scored, 2);
  const next = await settled(
    service,
    await accepted("customer_id,Zeitraum,Laufzeit,MonthlyCharges\nc,7,One year,75\nd,8,Two year,85\n"),
  );
  assert.equal(next.status, "completed", JSON.stringify(next.error));
  assert.equal(next.mapping.find((entry) => entry.feature === "contract")?.method, "remembered");
  const changed = await settled(
    service,
    await accepted("customer_id,Zeitraum,Laufzeit,MonthlyCharges\ne,7,gold,75\nf,8,silver,85\n"),
  );
  assert.equal(changed.status, "needs_mapping");
  const unfit = changed.issues.filter((issue) => issue.code === "remembered_mapping_unfit");
  assert.deepEqual(
    unfit.map(({ feature, column, severity }) => [feature, column, severity]),
    [["contract", "Laufzeit", "warning"]],
  );
});

test("the same Idempotency-Key gives the same upload once, and a conflict for another file", async () => {
  const send = (body: string) =>
    fetch(`${service.url}/v1/uploads`, {
      method: "POST",
      headers: { "content-type": "text/csv", "idempotency-key": "k-1" },
      body,
    });
  const csv = "customer_id,tenure,Contract,MonthlyCharges\na,5,One year,70\n";
  const [first, again] = [await send(csv), await send(csv)];
  const ids = [(await first.json()) as { upload_id: string }, (await again.json()) as { upload_id: string }];
  assert.equal(ids[0]!.upload_id, ids[1]!.upload_id);
  assert.equal((await send(csv.replace("70", "71"))).status, 422);
  await settled(service, ids[0]!.upload_id);
  assert.equal((await fetch(`${service.url}/v1/uploads/${ids[0]!.upload_id}`, { method: "DELETE" })).status, 204);
  // Free again once the deletion is finished, a conflict until then, and never our fault.
  const later = await send(csv);
  assert.ok([202, 422].includes(later.status), await later.text());
});

test("a deleted upload is gone with its file, and its results are like none", async () => {
  const id = await accepted(sample);
  await settled(service, id);
  const files = storedFiles();
  assert.equal((await fetch(`${service.url}/v1/uploads/${id}`, { method: "DELETE" })).status, 204);
  assert.equal((await fetch(`${service.url}/v1/uploads/${id}`)).status, 404);
  assert.equal((await fetch(`${service.url}/v1/uploads/${id}/predictions`)).status, 404);
  assert.equal(storedFiles(), files - 1);
});

test("the log holds no customer, no file name and no header text", () => {
  const log = service.output();
  assert.match(log, /"event":"job.completed"/);
  for (const secret of ["2735-THDTK", "MonthlyCharges", "telecom.csv"]) assert.ok(!log.includes(secret), secret);
});

test("a second process on the same data folder is told so", async () => {
  const { code, stderr } = await run(["serve"], { environment: { RETAINWISE_HOME: home, PORT: "0" } });
  assert.equal(code, 1);
  assert.match(stderr, /home_in_use/);
});

test("when its database dies the service ends with an error that says so, and the next start recovers", async () => {
  const own = join(folder.path, "lost");
  const doomed = await startService(own);
  const id = ((await (await upload(doomed, sample)).json()) as { upload_id: string }).upload_id;
  await settled(doomed, id);
  const exited = new Promise<number | null>((resolve) => doomed.process.once("exit", resolve));
  doomed.killDatabase();
  assert.equal(await exited, 1, doomed.output());
  assert.match(doomed.output(), /database_unavailable/);
  const next = await startService(own);
  assert.equal((await settled(next, id)).rows.scored, 315);
  assert.equal(await next.stop(), 0);
});
