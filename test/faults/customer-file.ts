/** Made files with known good and bad rows, and what a run without any fault makes of them: the command line's `score`. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { run } from "../front-door/cli.ts";
import { readTable } from "../front-door/csv-table.ts";

export interface CustomerFile {
  readonly csv: string;
  /** Hex. */
  readonly sha256: string;
  /** Rows of the file that must be set aside. */
  readonly rejected: number;
  /** Row of the file → what must be stored of it: customer, probability, tier, SHAP values. */
  readonly rows: ReadonlyMap<number, string>;
}

const tenure = customerHeader.indexOf("tenure");

/** `badEvery` 0: no bad row. Files of other seeds have other rows. */
export async function makeCustomerFile(
  folder: string,
  count: number,
  seed: number,
  badEvery: number,
): Promise<CustomerFile> {
  const customers = [...makeCustomers(count, seed)];
  const isBad = (i: number) => badEvery > 0 && i % badEvery === badEvery - 1;
  const lines = customers.map((cells, i) => (isBad(i) ? cells.with(tenure, "no number") : cells));
  const csv = [customerHeader, ...lines].map((cells) => cells.join()).join("\n");
  const path = join(folder, `customers-${count}-${seed}-${badEvery}.csv`);
  writeFileSync(path, csv);
  const { code, stdout, stderr } = await run(["score", path, "--shap"]);
  if (code !== 0) throw new Error(`score ended with ${code}: ${stderr}`);
  const scored = readTable(stdout);
  const good = customers.map((cells, i) => ({ id: cells[0]!, row: i + 2 })).filter((_, i) => !isBad(i));
  if (scored.rows.length !== good.length) throw new Error(`${scored.rows.length} of ${good.length} rows were scored`);
  const shap = scored.header.filter((name) => name.startsWith("shap_"));
  const rows = new Map(
    scored.rows.map((row, i) => {
      const { id, row: number } = good[i]!;
      if (row.get("customerID") !== id) throw new Error(`row ${number} is not of ${id}`);
      const shapValues = shap.map((name) => Number(row.get(name)));
      const tier = row.get("risk_tier") ?? "";
      return [number, describeRow(id, Number(row.get("churn_probability")), tier, shapValues)];
    }),
  );
  return { csv, sha256: createHash("sha256").update(csv).digest("hex"), rejected: count - good.length, rows };
}

export const describeRow = (
  customerId: string | null,
  probability: number,
  tier: string,
  shapValues: readonly number[],
): string => JSON.stringify([customerId, probability, tier, shapValues]);
