/** The table of issue codes and the source say the same: no code without words (the compiler sees to it), and no words for what cannot occur. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createBlockSink } from "../../src/features/block-sink.ts";
import { createCustomerIdColumn } from "../../src/features/customer-id-column.ts";
import { createIssueTally } from "../../src/features/issue.ts";
import { mapColumns } from "../../src/features/mapper.ts";
import { isIssueCode, issueKinds } from "../../src/issue-kinds.ts";
import { makeRecords } from "../features/make-records.ts";
import { scoreBytes } from "./score-bytes.ts";
import { clean, csvOf } from "./silent-faults.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
after(() => model.stop());

type Options = Parameters<typeof scoreBytes>[2];
const header = "customerID,tenure,Contract,MonthlyCharges,InternetService,OnlineSecurity";
const few = (lines: readonly string[]) => `${[header, ...lines, "a,5,One year,70,DSL,No"].join("\n")}\n`;
const withColumn = (name: string, value: (row: number, own: string) => string, as = name) =>
  csvOf(
    clean.map((customer, row) =>
      Object.fromEntries(
        [...Object.entries(customer), ...(name in customer ? [] : [[name, ""]])].map(([key, own]) =>
          key === name ? [as, value(row, own!)] : [key!, own!],
        ),
      ),
    ),
  );
const day = (row: number) => `${1 + (row % 9)}/${1 + (row % 7)}/2024`;

const files: readonly (readonly [csv: string, options?: Options])[] = [
  [
    `Report\n${header}\n# guidance,,,,,\n,,,,,\na,,One year,70,DSL,No\nb,x,One year,70,DSL,No\nc,-5,One year,70,DSL,No\nd,5,Weekly,70,DSL,No
e,5,One year,70,,No\nf,5,One year,900,DSL,No\ng,5.5,One year,70,DSL,No\nh,5,One year,70,No,No\ni,5,One year,70,No,Yes\n,5,One year,70,DSL,No
3.91E+16,5,One year,70,DSL,No\nj,5,One year,70,DSL,No\nj,6,One year,70,DSL,No\nTotal,,,,,\n`,
    { headerRow: 2 },
  ],
  [few(["b,5,One year", "c,5,One year"]).concat("d,5")],
  [few(['b,5,One year,"70,5",DSL,No']), { decimal: "." }],
  [withColumn("MonthlyCharges", (row, own) => (row % 3 === 0 ? own.replace(".", ",") : own))],
  [withColumn("MonthlyCharges", (row, own) => (row % 3 === 0 ? `${own} €` : `$${own}`))],
  ['customerID,tenure,Contract,MonthlyCharges,TotalCharges\na,17,One year,70,"1,196"\nb,60,One year,29,"1,850"\n'],
  [withColumn("TotalCharges", (_, own) => Math.round(Number(own)).toLocaleString("en-US"))],
  [withColumn("tenure", day, "Created"), { mapping: { tenure_months: "Created" }, asOf: "2026-01-01" }],
  [
    withColumn("tenure", (row) => `${13 + (row % 9)}/${1 + (row % 7)}/2024`, "Created"),
    { mapping: { tenure_months: "Created" } },
  ],
  [
    withColumn("tenure", (row) => (row === 0 ? "31/2/2024" : `${13 + (row % 9)}/${1 + (row % 7)}/2024`), "Created"),
    { mapping: { tenure_months: "Created" }, asOf: "2026-01-01" },
  ],
  [
    withColumn("Interval", (row) => (row % 2 === 0 ? "month" : "year")).replace("MonthlyCharges", "Amount"),
    { mapping: { monthly_charges: "Amount" } },
  ],
  [
    withColumn("Interval", (row) => (row === 0 ? "now and then" : row % 2 === 0 ? "month" : "year")),
    { mapping: { monthly_charges: "MonthlyCharges" }, units: { monthly_charges: "per_interval" } },
  ],
  [withColumn("Status", (row) => (row % 9 === 0 ? "Cancelled" : "Active"))],
  [withColumn("Ticket ID", (row) => `T-${row}`)],
  [withColumn("PaymentMethod", (row) => String(row % 3))],
  [withColumn("PaymentMethod", (_, own) => (own === "Electronic check" ? "Mailed check" : own))],
  [withColumn("Contract", (row) => String(row % 3))],
  [withColumn("tenure", () => "0")],
  [withColumn("Contract", (_, own) => own), { constants: { contract: "One year" } }],
  [withColumn("tenure", (_, own) => own), { remembered: { contract: { column: "tenure", unit: null } } }],
  [withColumn("MonthlyCharges", () => "70")],
  [
    withColumn("tenure", (_, own) => own)
      .split("\n")
      // A cell that is not there any more, and one too many at the end.
      .map((line, row) => (row === 9 ? `${line.replace(/^([^,]+,)[^,]+,/, "$1")},` : line))
      .join("\n"),
  ],
];

test("every code can occur, and a row is set aside with no other", async () => {
  const seen = new Set<string>();
  for (const [csv, options] of files) {
    const { report, end, rejections } = await scoreBytes(model, new TextEncoder().encode(csv), {
      explain: false,
      ...options,
    });
    const { issues, problems } = end?.report ?? report.report;
    for (const { code } of issues) seen.add(code);
    for (const { cause, codes } of problems) for (const code of [cause, ...codes]) seen.add(code);
    for (const { errorCode } of rejections) seen.add(errorCode);
  }
  for (const { code } of mapColumns({ headers: ["tenure", "Tenure "], schema: model.schema }).issues) seen.add(code);
  const tally = createIssueTally();
  const records = makeRecords("a\nb\n");
  createCustomerIdColumn(0, "id", tally, 1).read(createBlockSink(records, Uint32Array.of(0, 1), 2, 1));
  for (const { code } of tally.result().issues) seen.add(code);
  // What is told when corrected rows are put back is seen at the front door: test/front-door/corrections.test.ts.
  for (const code of [
    "rejected_rows_file",
    "correction_merged",
    "correction_still_wrong",
    "correction_unmatched",
    "rows_corrected",
  ])
    seen.add(code);
  assert.deepEqual([...seen].toSorted(), Object.keys(issueKinds).toSorted());
});

test("title and next step are sentences that a person can follow", () => {
  for (const [code, { title, remedy }] of Object.entries(issueKinds)) {
    assert.match(title, /^[A-Z].*[^.]$/, code);
    assert.match(remedy, /^[A-Z].*\.$/, code);
  }
  assert.equal(isIssueCode("toString"), false);
});
