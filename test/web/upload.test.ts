/** A file from the page's side, over HTTP: where it is given, what it was read as, and where it came to no result. */
import assert from "node:assert/strict";
import type { PredictionDetail } from "../../src/api/presented.ts";
import type { UploadView } from "../../src/api/upload-view.ts";
import type { Summary } from "../../src/inference/summary.ts";
import { upload } from "../front-door/service.ts";
import { after, test } from "../slow-test.ts";
import { customersCsv, startSite } from "./start-site.ts";

const site = await startSite();
after(() => site.end());

const suggest = async (csv: string, query = "") => {
  const response = await fetch(`${site.url}/v1/mappings/suggest${query}`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: csv,
  });
  return { status: response.status, answer: await response.json() };
};

test("a first visit says what to bring and offers made-up customers, which are an asset", async () => {
  const { status, text } = await site.page("/");
  assert.equal(status, 200);
  assert.match(text, /id="try-sample"/);
  assert.doesNotMatch(text, /<table class="uploads">/);
  const sample = await site.page("/assets/sample.csv");
  assert.match(sample.headers.get("content-type") ?? "", /^text\/csv/);
  assert.equal((await site.score(sample.text)).status, "completed");
  assert.doesNotMatch((await site.page("/")).text, /id="try-sample"/);
});

test("every template is there with its title and what it is for", async () => {
  const { data } = await site.json<{ data: { title: string; description: string; url: string }[] }>("/v1/templates");
  const { text } = await site.page("/");
  assert.ok(data.length > 1);
  for (const { title, description, url } of data) {
    assert.ok(text.includes(`href="${url}"`) && text.includes(title) && text.includes(description), title);
  }
});

test("older uploads are reached by a cursor, each once", async () => {
  for (let i = 0; i < 22; i++) await upload(site, customersCsv(2), `?filename=cursor-${i}.csv`);
  const names: string[] = [];
  for (let path: string | undefined = "/"; path !== undefined; ) {
    const { text } = await site.page(path);
    names.push(...[...text.matchAll(/title="(cursor-\d+\.csv)"/g)].map(([, name]) => name!));
    path = /href="(\/\?cursor=[^"]+)"/.exec(text)?.[1];
  }
  assert.deepEqual(
    names,
    Array.from({ length: 22 }, (_, i) => `cursor-${21 - i}.csv`),
  );
});

test("the first rows are as they were understood: only whole records, the delimiter and decimal mark that were found", async () => {
  const { answer } = await suggest('Kunde;tenure;MonthlyCharges\n"A;1";3;79,95\nB2;9;20,10\n');
  assert.deepEqual(answer.csv, { encoding: "utf-8", delimiter: ";", decimal: ",", header_row: 1 });
  assert.deepEqual(answer.preview, {
    columns: ["Kunde", "tenure", "MonthlyCharges"],
    rows: [
      ["A;1", "3", "79,95"],
      ["B2", "9", "20,10"],
    ],
  });
  const cut = await suggest(`${customersCsv(5_000).slice(0, 65_537)}`);
  assert.equal(cut.status, 200);
  assert.ok(cut.answer.preview.rows.every((row: string[]) => row.length === 4));
});

test("what a person says of the file is what the preview is read by: decimal mark, header row, delimiter", async () => {
  const csv = "customer_id,tenure,MonthlyCharges\nC-1,3,1.125\nC-2,9,2.250\n";
  assert.equal((await suggest(csv)).answer.csv.decimal, ".");
  assert.equal((await suggest(csv.replaceAll(",", ";"), "?decimal=comma")).answer.csv.decimal, ",");
  assert.equal((await suggest(csv, "?header_row=2")).answer.preview.columns[0], "C-1");
  assert.equal((await suggest(csv, "?delimiter=semicolon")).answer.preview.columns.length, 1);
  const both = await suggest(csv, "?delimiter=comma&decimal=comma");
  assert.equal(both.status, 400);
  assert.equal(both.answer.code, "bad_request");
});

test("a file of which no row could be scored leads to its problems, and they are there", async () => {
  const rows = customersCsv(30).replaceAll(/(C-\d+),\d+,/g, "$1,unknown,");
  const { upload_id, status } = await site.score(rows, "?filename=none.csv");
  assert.equal(status, "failed");
  const { text } = await site.page(`/uploads/${upload_id}`);
  assert.match(text, new RegExp(`href="/uploads/${upload_id}/problems"`));
  assert.match(text, /No row could be scored/);
  assert.match((await site.page(`/uploads/${upload_id}/problems`)).text, /Not scored, and why/);
});

test("of every column that was taken the page says how sure that is and why", async () => {
  const { upload_id } = await site.score(customersCsv(30).replace("monthly_charges", "MRR"), "?filename=why.csv");
  const { mapping } = await site.json<UploadView>(`/v1/uploads/${upload_id}`);
  const { text } = await site.page(`/uploads/${upload_id}/mapping`);
  assert.ok(mapping.length >= 4);
  for (const { column, why } of mapping) assert.ok(why !== null && text.includes(escaped(why)), column);
  assert.equal(new Set(mapping.map(({ why }) => why)).size, mapping.length);
});

test("a customer's page has every value, its points and what is usual, those of little weight too", async () => {
  const { upload_id } = await site.score(customersCsv(30), "?filename=all.csv");
  const { text } = await site.page(`/uploads/${upload_id}/customers/5`);
  const { attributions } = await site.json<PredictionDetail>(`/v1/uploads/${upload_id}/predictions/5`);
  assert.equal(attributions.filter(({ comparison }) => comparison !== null).length, 3);
  for (const { label, text: words, shap_value, comparison } of attributions) {
    const row = text.split("<tr").find((each) => each.includes(`>${escaped(label)}</th>`));
    assert.ok(row !== undefined);
    assert.ok(row.includes(`>${words.slice(label.length + 2)}</span>`), words);
    assert.ok(row.includes(`>${Math.abs(shap_value).toFixed(2)}`.slice(1)), label);
    if (comparison !== null) assert.ok(row.includes(comparison.text), label);
  }
});

test("a result of customers unlike those of the training says by which features, the farthest first", async () => {
  const old = customersCsv(1_200).replaceAll(/(C-\d+),\d+,/g, "$1,71,");
  const { upload_id } = await site.score(old, "?filename=old.csv");
  const { drift } = await site.json<Summary>(`/v1/uploads/${upload_id}/summary`);
  const worst = drift.toSorted((a, b) => (b.psi ?? -1) - (a.psi ?? -1))[0]!;
  assert.equal(worst.feature, "tenure_months");
  const { text } = await site.page(`/uploads/${upload_id}`);
  const told = text.slice(text.indexOf("not like those that the model learned from"));
  assert.match(told.slice(0, 300), /Far off (is|are): Tenure/);
});

test("a failed upload says what is wrong, where and what to do, without a log", async () => {
  const { upload_id, error } = await site.score('customer_id,tenure_months\n"C-1,2\n', "?filename=cut-off.csv");
  const { text } = await site.page(`/uploads/${upload_id}`);
  const { error: full } = await site.json<{ error: { title: string; remedy: string } }>(`/v1/uploads/${upload_id}`);
  for (const words of [full.title, full.remedy, error!.detail]) assert.ok(text.includes(escaped(words)), words);
  assert.match(text, /Upload the corrected file/);
  assert.match(text, new RegExp(`data-delete="${upload_id}"`));
});

test("an upload that is not there has a page that helps", async () => {
  for (const path of ["/uploads/0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10", "/uploads/nothing"]) {
    const { status, text } = await site.page(path);
    assert.ok(status === 404 || status === 400, path);
    assert.match(text, /<a class="button" href="\/">/);
  }
});

test("a file name is text, however it is written", async () => {
  const name = "<script>alert(1)<script>\u202Egnp.csv";
  const { upload_id } = await site.score(customersCsv(3), `?${new URLSearchParams({ filename: name })}`);
  for (const path of ["/", `/uploads/${upload_id}`]) {
    const { text } = await site.page(path);
    assert.ok(text.includes("&lt;script&gt;alert(1)"), path);
    assert.doesNotMatch(text, /<script>/);
  }
});

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
