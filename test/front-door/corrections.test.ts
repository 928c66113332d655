/** A corrected rejected.csv, uploaded with `corrects`, makes the first upload what it would have been had the file been right from the beginning. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { temporaryFolder } from "./cli.ts";
import {
  assertSame,
  badRows,
  column,
  complete,
  corrected,
  count,
  csvOf,
  customers,
  faults,
  json,
  rightFile,
  send,
  text,
  view,
  wrongFile,
} from "./correction-files.ts";
import { readTable } from "./csv-table.ts";
import { startService } from "./service.ts";

const folder = temporaryFolder();
const external = skipReason(externalKind) === false ? await externalKind.start() : null;
const embeddedService = await startService(join(folder.path, "embedded"));
const externalService =
  external === null
    ? null
    : await startService(join(folder.path, "external"), { RETAINWISE_DATABASE_URL: String(external.address) });
after(async () => {
  assert.equal(await embeddedService.stop(), 0, embeddedService.output());
  if (externalService !== null) assert.equal(await externalService.stop(), 0, externalService.output());
  await external?.stop();
  folder.remove();
});
for (const [name, service] of [
  ["embedded", embeddedService],
  ["external", externalService],
] as const) {
  const skip = service === null ? skipReason(externalKind) : false;
  const at = service ?? embeddedService;

  test(`thirty corrected rows make the first upload equal to one that was right from the beginning (${name})`, {
    skip,
  }, async () => {
    const right = await complete(at, rightFile);
    const first = await complete(at, wrongFile);
    assert.deepEqual(first.rows, { read: 400, scored: 370, rejected: 30 });
    assert.notEqual(
      await text(at, `${first.upload_id}/predictions.csv`),
      await text(at, `${right.upload_id}/predictions.csv`),
    );
    const { header, rows } = await corrected(at, first.upload_id);
    const second = await complete(at, csvOf(rows, header), `?corrects=${first.upload_id}`);
    assert.equal(second.status, "completed", JSON.stringify(second.error));
    assert.equal(second.corrects, first.upload_id);
    assert.deepEqual(second.unmapped_columns, right.unmapped_columns, "the helper columns are known");
    assert.equal(count(second, "correction_merged"), 30);
    const merged = await view(at, first.upload_id);
    assert.deepEqual(merged.rows, { read: 400, scored: 400, rejected: 0 });
    assert.deepEqual(merged.corrections, [{ upload_id: second.upload_id, rows: 30 }]);
    assert.equal((await text(at, `${first.upload_id}/rejected.csv`)).trimEnd().split("\r\n").length, 1);
    await assertSame(at, first.upload_id, right.upload_id);
    const { outside_training_range: outside } = await json(at, `${first.upload_id}/summary`);
    assert.deepEqual(outside, { customers: 2, share: 2 / 400 });
    const row = badRows[0]! + 2;
    const [detail, same] = [
      await json(at, `${first.upload_id}/predictions/${row}`),
      await json(at, `${right.upload_id}/predictions/${row}`),
    ];
    assert.deepEqual(detail, same);
    const changes = await json(at, `${first.upload_id}/changes?since=${right.upload_id}`);
    assert.equal((changes.customers as { in_both?: number } | undefined)?.in_both ?? 400, 400);
  });
}

test("Excel's dress of the corrected file changes nothing: semicolons, decimal commas, a byte order mark", async () => {
  const at = embeddedService;
  const right = await complete(at, rightFile);
  const first = await complete(at, wrongFile);
  const { header, rows } = await corrected(at, first.upload_id);
  // Sorted, too.
  const dressed = [header, ...rows.toReversed()]
    .map((cells) => cells.map((cell) => (/^-?\d+\.\d+$/.test(cell) ? cell.replace(".", ",") : cell)).join(";"))
    .join("\r\n");
  const second = await complete(at, `\ufeff${dressed}\r\n`, `?corrects=${first.upload_id}`);
  assert.equal(count(second, "correction_merged"), 30, JSON.stringify(second.error ?? second.issues));
  await assertSame(at, first.upload_id, right.upload_id);
});

test("corrected in two rounds: what is still wrong stays set aside with its new error, and merges when it is right", async () => {
  const at = embeddedService;
  const right = await complete(at, rightFile);
  const first = await complete(at, wrongFile);
  const round = await corrected(at, first.upload_id, (customer) =>
    badRows.indexOf(customer) < 20 ? customers[customer]! : customers[customer]!.with(column("Contract"), "Never"),
  );
  const second = await complete(at, csvOf(round.rows, round.header), `?corrects=${first.upload_id}`);
  assert.deepEqual(
    second.rows,
    { read: 30, scored: 20, rejected: 10 },
    JSON.stringify([second.error, second.questions]),
  );
  assert.equal(count(second, "correction_still_wrong"), 10);
  assert.deepEqual((await view(at, first.upload_id)).rows, { read: 400, scored: 390, rejected: 10 });
  const left = readTable(await text(at, `${first.upload_id}/rejected.csv`));
  assert.ok(left.rows.every((row) => row.get("Contract") === "Never" && row.get("error")!.includes("Never")));
  // The correcting upload's own file of rows set aside does as well as the first one's: its rows are those of the first.
  assert.equal(await text(at, `${second.upload_id}/rejected.csv`), await text(at, `${first.upload_id}/rejected.csv`));
  const again = await corrected(at, second.upload_id);
  const third = await complete(at, csvOf(again.rows, again.header), `?corrects=${first.upload_id}`);
  assert.equal(count(third, "correction_merged"), 10);
  assert.deepEqual((await view(at, first.upload_id)).corrections, [
    { upload_id: second.upload_id, rows: 20 },
    { upload_id: third.upload_id, rows: 10 },
  ]);
  await assertSame(at, first.upload_id, right.upload_id);
});

test("rows that match none set aside stay in the correcting upload and are told; without the row column the customer id does", async () => {
  const at = embeddedService;
  const first = await complete(at, wrongFile);
  const { rows } = await corrected(at, first.upload_id);
  const stranger = customers[0]!.with(0, "STRANGER");
  const file = csvOf([...rows.slice(0, 2).map((cells) => cells.slice(3)), stranger, customers[1]!]);
  const second = await complete(at, file, `?corrects=${first.upload_id}`);
  assert.deepEqual(second.rows, { read: 4, scored: 4, rejected: 0 });
  assert.equal(count(second, "correction_merged"), 2);
  assert.equal(count(second, "correction_unmatched"), 2);
  assert.deepEqual((await view(at, first.upload_id)).rows, { read: 400, scored: 372, rejected: 28 });
  // Sent again, nothing is merged a second time.
  const third = await complete(at, file, `?corrects=${first.upload_id}`);
  assert.equal(third.status, "completed");
  assert.equal(count(third, "correction_unmatched"), 4);
  assert.deepEqual((await view(at, first.upload_id)).rows, { read: 400, scored: 372, rejected: 28 });
  assert.deepEqual((await view(at, first.upload_id)).corrections, [{ upload_id: second.upload_id, rows: 2 }]);
});

test("what cannot be corrected is refused before the file is stored; what is deleted meanwhile ends in words", async () => {
  const at = embeddedService;
  const first = await complete(at, wrongFile);
  const { header, rows } = await corrected(at, first.upload_id);
  const file = csvOf(rows, header);
  const unknown = await send(at, file, "?corrects=0198f3a2-0000-7000-8000-000000000009");
  assert.deepEqual([unknown.status, unknown.code], [404, "not_found"]);
  const said = await send(
    at,
    file,
    `?corrects=${first.upload_id}&units=${encodeURIComponent('{"tenure_months":"years"}')}`,
  );
  assert.deepEqual([said.status, said.code], [400, "bad_request"]);
  const failed = await complete(
    at,
    csvOf(customers.slice(0, 9).map((cells, i) => cells.with(faults[i % 3]![0], faults[i % 3]![1]))),
  );
  assert.equal(failed.error?.code, "all_rows_rejected");
  const none = await send(at, file, `?corrects=${failed.upload_id}`);
  assert.deepEqual([none.status, none.code], [409, "correction_refused"]);
  const second = await complete(at, file, `?corrects=${first.upload_id}`);
  const chained = await send(at, file, `?corrects=${second.upload_id}`);
  assert.deepEqual([chained.status, chained.code], [409, "correction_refused"]);
  assert.ok(chained.detail.includes(first.upload_id), chained.detail);
});

test("a rejected.csv uploaded without corrects is scored on its own, and an issue says how to merge", async () => {
  const at = embeddedService;
  const first = await complete(at, wrongFile);
  const { header, rows } = await corrected(at, first.upload_id);
  const alone = await complete(at, csvOf(rows, header));
  assert.deepEqual(alone.rows, { read: 30, scored: 30, rejected: 0 });
  assert.equal(count(alone, "rejected_rows_file"), 30);
  assert.deepEqual((await view(at, first.upload_id)).rows, { read: 400, scored: 370, rejected: 30 });
  assert.equal(alone.corrects, null);
});
