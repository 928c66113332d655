/** One upload of each kind that a page has to show, in a running site; what they are named is what a picture of the page is named. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../parts.ts";
import { customersCsv, type RunningSite } from "./start-site.ts";

export interface Scene {
  readonly name: string;
  readonly path: string;
}

const sample = readFileSync(join(repository, "samples/telecom.csv"), "utf8");

/** Every page, with something to show. */
export async function makeScenes(site: RunningSite): Promise<readonly Scene[]> {
  await site.score(sample, "?filename=customers-october.csv");
  const results = (await site.score(aMonthLater(sample), "?filename=customers-november.csv")).upload_id;
  const question = (await site.score(doubtful(), "?filename=billing-export.csv")).upload_id;
  const broken = (await site.score('customer_id,tenure_months\n"C-1,2\n', "?filename=cut-off.csv")).upload_id;
  const faulty = (await site.score(withFaults(), "?filename=with-faults.csv")).upload_id;
  const { data } = await site.json<{ data: { row: number }[] }>(`/v1/uploads/${results}/predictions?limit=1`);
  return [
    { name: "uploads", path: "/" },
    { name: "results", path: `/uploads/${results}` },
    { name: "customer", path: `/uploads/${results}/customers/${data[0]!.row}` },
    { name: "changes", path: `/uploads/${results}/changes` },
    { name: "problems", path: `/uploads/${faulty}/problems` },
    { name: "question", path: `/uploads/${question}/mapping` },
    { name: "columns", path: `/uploads/${results}/mapping` },
    { name: "failed", path: `/uploads/${broken}` },
    { name: "remembered", path: "/mappings" },
    { name: "operations", path: "/operations" },
    { name: "docs", path: "/docs" },
    { name: "docs-errors", path: "/docs/errors" },
    { name: "not-found", path: "/uploads/0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10" },
  ];
}

/** The same customers, a month older; every seventh pays a quarter more. */
function aMonthLater(csv: string): string {
  const [header = "", ...rows] = csv.trimEnd().split("\n");
  const names = header.split(",");
  const [tenure, charge] = [names.indexOf("tenure"), names.indexOf("MonthlyCharges")];
  const later = rows.map((row, i) => {
    const cells = row.split(",");
    cells[tenure] = String(Number(cells[tenure]) + 1);
    if (i % 7 === 0) cells[charge] = (Number(cells[charge]) * 1.25).toFixed(2);
    return cells.join(",");
  });
  return `${[header, ...later].join("\n")}\n`;
}

/** Tenure under a name that may mean days as well as months. */
function doubtful(): string {
  return customersCsv(400).replace("customer_id,tenure_months", "Customer,Time with us");
}

/** Some of each: words for numbers, numbers out of range, a contract that there is not. */
function withFaults(): string {
  const [header = "", ...rows] = customersCsv(600).trimEnd().split("\n");
  const faulty = rows.map((row, i) => {
    const [id, tenure, charge, contract] = row.split(",");
    if (i % 40 === 3) return `${id},unknown,${charge},${contract}`;
    if (i % 60 === 7) return `${id},${tenure},-${charge},${contract}`;
    if (i % 75 === 11) return `${id},${tenure},${charge},Lifetime deal`;
    return row;
  });
  return `${[header, ...faulty].join("\n")}\n`;
}
