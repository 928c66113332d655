/** A made file with thirty wrong rows, the same file put right, and what a test asks of the service about them. */
import assert from "node:assert/strict";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { settled, type UploadAnswer, upload } from "./service.ts";

export type Service = { readonly url: string };

export interface CorrectionAnswer extends UploadAnswer {
  readonly corrects: string | null;
  readonly corrections: readonly { readonly upload_id: string; readonly rows: number }[];
  readonly unmapped_columns: readonly string[];
}

/** Two of them, one wrong at first, have been there longer than anybody whom the model knows. */
export const customers = [...makeCustomers(400, 21)].map((cells, i) =>
  i === 4 || i === 5 ? cells.with(customerHeader.indexOf("tenure"), "80") : cells,
);
export const column = (name: (typeof customerHeader)[number]) => customerHeader.indexOf(name);
export const badRows = Array.from({ length: 30 }, (_, i) => 5 + i * 13);
export const faults: readonly [number, string][] = [
  [column("tenure"), "abc"],
  [column("MonthlyCharges"), "-1"],
  [column("Contract"), "Sometimes"],
];
export const csvOf = (rows: readonly (readonly string[])[], header: readonly string[] = customerHeader) =>
  `${[header, ...rows].map((cells) => cells.join(",")).join("\r\n")}\r\n`;
export const rightFile = csvOf(customers);
export const wrongFile = csvOf(
  customers.map((cells, i) => {
    const fault = faults[badRows.indexOf(i) % faults.length];
    return badRows.includes(i) ? cells.map((cell, at) => (at === fault![0] ? fault![1] : cell)) : cells;
  }),
);

export const send = async (service: Service, csv: string | Uint8Array, query = "") => {
  const response = await upload(service, csv, query);
  const body = (await response.json()) as { upload_id: string; code: string; detail: string };
  return { ...body, status: response.status };
};
export const complete = async (service: Service, csv: string | Uint8Array, query = "") => {
  const { status, upload_id, detail } = await send(service, csv, query);
  assert.equal(status, 202, detail);
  return (await settled(service, upload_id)) as CorrectionAnswer;
};
export const view = async (service: Service, id: string) => (await settled(service, id)) as CorrectionAnswer;
export const text = async (service: Service, path: string) => (await fetch(`${service.url}/v1/uploads/${path}`)).text();
export const json = async (service: Service, path: string) =>
  JSON.parse(await text(service, path)) as Record<string, unknown>;
export const count = (answer: UploadAnswer, code: string) =>
  answer.issues.find((issue) => issue.code === code)?.count ?? 0;

/** rejected.csv with other cells in its rows: the right ones, unless something else is said. */
export async function corrected(
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

export async function assertSame(service: Service, id: string, rightId: string) {
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
