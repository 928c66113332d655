/** A corrected rejected.csv, uploaded with `corrects`, makes the first upload what it would have been had the file been right from the beginning. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { temporaryFolder } from "./cli.ts";
import { readTable } from "./csv-table.ts";
import { settled, startService, type UploadAnswer, upload } from "./service.ts";

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
type Service = { readonly url: string };

interface CorrectionAnswer extends UploadAnswer {
  readonly corrects: string | null;
  readonly corrections: readonly { readonly upload_id: string; readonly rows: number }[];
  readonly unmapped_columns: readonly string[];
}

const customers = [...makeCustomers(400, 21)];
const column = (name: (typeof customerHeader)[number]) => customerHeader.indexOf(name);
const badRows = Array.from({ length: 30 }, (_, i) => 5 + i * 13);
const faults: readonly [number, string][] = [
  [column("tenure"), "abc"],
  [column("MonthlyCharges"), "-1"],
  [column("Contract"), "Sometimes"],
];
const csvOf = (rows: readonly (readonly string[])[], header: readonly string[] = customerHeader) =>
  `${[header, ...rows].map((cells) => cells.join(",")).join("\r\n")}\r\n`;
const rightFile = csvOf(customers);
const wrongFile = csvOf(
  customers.map((cells, i) => {
    const fault = faults[badRows.indexOf(i) % faults.length];
    return badRows.includes(i) ? cells.map((cell, at) => (at === fault![0] ? fault![1] : cell)) : cells;
  }),
);

const send = async (service: Service, csv: string | Uint8Array, query = "") => {
  const response = await upload(service, csv, query);
  const body = (await response.json()) as { upload_id: string; code: string; detail: string };
  return { ...body, status: response.status };
};
const complete = async (service: Service, csv: string | Uint8Array, query = "") => {
  const { status, upload_id, detail } = await send(service, csv, query);
  assert.equal(status, 202, detail);
  return (await settled(service, upload_id)) as CorrectionAnswer;
};
const view = async (service: Service, id: string) => (await settled(service, id)) as CorrectionAnswer;
const text = async (service: Service, path: string) => (await fetch(`${service.url}/v1/uploads/${path}`)).text();
const json = async (service: Service, path: string) => JSON.parse(await text(service, path)) as Record<string, unknown>;
const count = (answer: UploadAnswer, code: string) => answer.issues.find((issue) => issue.code === code)?.count ?? 0;

/** rejected.csv with other cells in its rows: the right ones, unless something else is said. */
async function corrected(
  service: Service,
  id: string,
  cellsOf: (customer: number) => readonly string[] = (customer) => customers[customer]!,
) {
  const lines = (await text(service, `${id}/rejected.csv`)).trimEnd().split("\r\n");
  const rows = lines.slice(1).map((line) => {
    const row = line.split(",")[0]!;
    return [row, "was_wrong", "because", ...cellsOf(Number(row) - 2)];
  });
  return { header: lines[0]!.split(","), rows };
}

async function assertSame(service: Service, id: string, rightId: string) {
  for (const query of ["", "?shap=all"]) {
    const [merged, right] = [
      await text(service, `${id}/predictions.csv${query}`),
      await text(service, `${rightId}/predictions.csv${query}`),
    ];
    assert.equal(merged, right);
  }
  for (const part of ["summary", "explanation"]) {
    const [merged, right] = [await json(service, `${id}/${part}`), await json(service, `${rightId}/${part}`)];
    assert.deepEqual(withoutIds(merged), withoutIds(right), part);
  }
}

/** Without what names the upload, or what came before it. */
const withoutIds = ({
  upload_id: _,
  links: __,
  since: ___,
  movers: ____,
  movers_missing: _____,
  ...rest
}: Record<string, unknown>) => rest;

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
  const dressed = [header, ...rows]
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

test("units and columns that a person said for the first upload are not asked again", async () => {
  const at = embeddedService;
  const inYears = (cells: readonly string[]) =>
    cells.with(column("tenure"), String(Number(cells[column("tenure")]) / 8));
  const header = (customerHeader as readonly string[]).with(column("tenure"), "how_long");
  const rows = customers.map((cells) => inYears(cells));
  const query = `?mapping=${encodeURIComponent('{"tenure_months":"how_long"}')}&units=${encodeURIComponent('{"tenure_months":"years"}')}`;
  const right = await complete(at, csvOf(rows, header), query);
  assert.equal(right.status, "completed", JSON.stringify(right.error));
  const wrong = rows.map((cells, i) => (badRows.includes(i) ? cells.with(column("Contract"), "Sometimes") : cells));
  const first = await complete(at, csvOf(wrong, header), query);
  const bad = readTable(await text(at, `${first.upload_id}/rejected.csv`)).rows.map((row) => Number(row.get("row")));
  const second = await complete(
    at,
    csvOf(
      bad.map((row) => [String(row), "", "", ...rows[row - 2]!]),
      ["row", "error_code", "error", ...header],
    ),
    `?corrects=${first.upload_id}`,
  );
  assert.equal(count(second, "correction_merged"), 30, JSON.stringify([second.error, second.questions]));
  await assertSame(at, first.upload_id, right.upload_id);
});

test("a number that reads two ways in the few corrected rows is read as in the first file", async () => {
  const at = embeddedService;
  // The small totals show in the whole file that the comma groups thousands; the corrected rows have none of them.
  const total = (cells: readonly string[]) => Math.round(Number(cells[column("TotalCharges")]));
  const rows = customers.map((cells) => {
    const grouped = String(total(cells)).replace(/(\d)(\d{3})$/, '"$1,$2"');
    // Nor does another column show it.
    const monthly = String(Math.round(Number(cells[column("MonthlyCharges")])));
    return cells.with(column("TotalCharges"), grouped).with(column("MonthlyCharges"), monthly);
  });
  const isWrong = (cells: readonly string[], i: number) => i % 9 === 0 && total(cells) >= 1_000;
  const right = await complete(at, csvOf(rows));
  assert.equal(right.status, "completed", JSON.stringify([right.error, right.questions]));
  const first = await complete(
    at,
    csvOf(rows.map((cells, i) => (isWrong(customers[i]!, i) ? cells.with(column("Contract"), "Never") : cells))),
  );
  assert.ok(first.rows.rejected > 5, JSON.stringify([first.error, first.questions]));
  const { header, rows: again } = await corrected(at, first.upload_id, (customer) => rows[customer]!);
  const second = await complete(at, csvOf(again, header), `?corrects=${first.upload_id}`);
  assert.equal(
    count(second, "correction_merged"),
    first.rows.rejected,
    JSON.stringify([second.error, second.questions]),
  );
  await assertSame(at, first.upload_id, right.upload_id);
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
