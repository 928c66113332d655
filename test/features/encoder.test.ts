import assert from "node:assert/strict";
import { test } from "node:test";
import { createBlockSink } from "../../src/features/block-sink.ts";
import { createCustomerIdColumn, isScientific } from "../../src/features/customer-id-column.ts";
import { createEncoder } from "../../src/features/encoder.ts";
import { createIssueTally } from "../../src/features/issue.ts";
import { createSeenTexts } from "../../src/features/seen-texts.ts";
import { columns, makeCustomers, toCsv } from "./customers.ts";
import { makeRecords } from "./make-records.ts";
import { featureBytes, runFile } from "./run-file.ts";
import { telecomSchema } from "./telecom-schema.ts";

const header = "customer_id,tenure_months,monthly_charges,contract,total_charges,tech_support";
const good = "C1,12,29.85,One year,358.20,Yes";
const run = (...lines: string[]) => runFile(`${[header, ...lines].join("\n")}\n`);
const issue = ({ issues }: ReturnType<typeof run>, code: string) => issues.find((each) => each.code === code);
const at = (name: string) => telecomSchema.features.findIndex((feature) => feature.name === name);

test("a row becomes float32 in the model's order, NaN for what the file does not have", () => {
  const { encoded } = run(good);
  const row = [...encoded.features];
  assert.equal(row.length, telecomSchema.features.length);
  assert.deepEqual(
    [row[0], row[1], row[2], row[3], row[at("tech_support")]],
    [12, Math.fround(29.85), 1, Math.fround(358.2), 1],
  );
  assert.ok(Number.isNaN(row[at("partner")]));
  assert.deepEqual(
    [[...encoded.rows], [...encoded.recordIndex], encoded.customerIds, encoded.notes.size],
    [[2], [1], ["C1"], 0],
  );
});

test("every error of a row is told at once", () => {
  const { encoded } = run(good, "C2,-1,abc,Sometimes,,Perhaps", "C3,,1,One year,1,No");
  assert.deepEqual(
    encoded.rejected.map(({ row, record, errors }) => [
      row,
      record,
      errors.map((error) => [error.code, error.column, error.value]),
    ]),
    [
      [
        3,
        2,
        [
          ["out_of_range", "tenure_months", "-1"],
          ["not_a_number", "monthly_charges", "abc"],
          ["unknown_category", "contract", "Sometimes"],
          ["unknown_category", "tech_support", "Perhaps"],
        ],
      ],
      [4, 3, [["required_value_missing", "tenure_months", ""]]],
    ],
  );
  assert.deepEqual([encoded.count, encoded.customerIds, [...encoded.rows]], [1, ["C1"], [2]]);
});

test("rows that stay keep their values when others between them go", () => {
  const lines = Array.from({ length: 50 }, (_, i) => `C${i},${i % 3 === 0 ? "x" : i},29.85,One year,1,Yes`);
  const { encoded } = run(...lines);
  const kept = lines.map((_, i) => i).filter((i) => i % 3 !== 0);
  assert.deepEqual(
    [...encoded.rows],
    kept.map((i) => i + 2),
  );
  assert.deepEqual(
    encoded.customerIds,
    kept.map((i) => `C${i}`),
  );
  assert.deepEqual(
    kept.map((_, position) => encoded.features[position * telecomSchema.features.length]),
    kept,
  );
});

test("a blank optional value is missing, noted and counted, and never zero", () => {
  const blank = run(good, "C2,0,20.00,One year, ,N/A", "C3,5,20.00,One year,100.00,");
  assert.equal(blank.encoded.count, 3);
  assert.ok(Number.isNaN(blank.encoded.features[telecomSchema.features.length + at("total_charges")]));
  assert.deepEqual(blank.encoded.notes.get(1), { total_charges: "missing", tech_support: "missing" });
  assert.deepEqual(blank.encoded.notes.get(2), { tech_support: "missing" });
  const counted = blank.issues
    .filter((each) => each.code === "blank_value")
    .map((each) => [each.feature, each.count, each.severity]);
  assert.deepEqual(counted, [
    ["tech_support", 2, "info"],
    ["total_charges", 1, "info"],
  ]);
});

test("a value outside what training saw is scored with a note, one that cannot be is set aside", () => {
  const { encoded } = run(good, "C2,100,20.00,One year,1,No", "C3,5000,20.00,One year,1,No");
  assert.deepEqual([encoded.count, encoded.notes.get(1)?.tenure_months], [2, "outside_training_range"]);
  assert.equal(encoded.rejected[0]!.errors[0]!.code, "out_of_range");
});

test("a row of another width is set aside and never shifted", () => {
  const { encoded } = run(good, "C2,12,29,85,One year,358.20,Yes", "C3,12,29.85,One year", `${good},,`);
  assert.deepEqual(
    encoded.rejected.map(({ row, errors }) => [row, errors[0]!.code, errors[0]!.value]),
    [
      [3, "row_width", "7"],
      [4, "row_width", "4"],
    ],
  );
  assert.deepEqual([...encoded.rows], [2, 5]);
});

test("empty rows and footers are left out and counted", () => {
  const file = run(good, "", ",,,,,", "Totals:,,,,,", "Confidential Information - Do Not Distribute");
  assert.deepEqual([file.encoded.count, file.encoded.rejected.length], [1, 0]);
  assert.deepEqual([issue(file, "empty_row")!.count, issue(file, "footer_row")!.count], [2, 2]);
});

test("a totals line in the middle is not taken for an end", () => {
  const { encoded } = run(good, "Totals:,,,,,", good);
  assert.deepEqual([encoded.count, encoded.rejected.map((each) => each.row)], [2, [3]]);
});

test("ids are kept as they stand", () => {
  const ids = ["007", "9223372036854775807", "'7210448301122", " x ", '"a ""b"""', "", "1e5"];
  const { encoded } = run(...ids.map((id) => `${id}${good.slice(2)}`));
  assert.deepEqual(encoded.customerIds, ["007", "9223372036854775807", "7210448301122", "x", 'a "b"', null, "1e5"]);
});

test("ids that a spreadsheet has destroyed and ids that repeat are warned about", () => {
  const file = run(...["3.91E+16", "A", "3.91E+16", "A", "A"].map((id) => `${id}${good.slice(2)}`));
  assert.equal(issue(file, "id_mangled_by_spreadsheet")!.count, 2);
  assert.equal(issue(file, "duplicate_customer_id")!.count, 3);
  for (const id of ["3E+5", "3.91E+16", "3,91e+16"]) assert.ok(isScientific(id), id);
  for (const id of ["1e5", "ABE+1", "E+1", "3.91E+", "12", "3.9.1E+4"]) assert.ok(!isScientific(id), id);
});

test("ids are remembered exactly up to the capacity", () => {
  const seen = createSeenTexts(5000);
  for (let i = 0; i < 5000; i++) assert.equal(seen.add(`id-${i}`), false);
  for (let i = 0; i < 5000; i++) assert.equal(seen.add(`id-${i}`), true);
  assert.equal(seen.add("new"), false);
  assert.equal(seen.add("new"), false, "beyond the capacity nothing is remembered");
  assert.equal(seen.forgotten, 2);
});

test("ids beyond the capacity are told not to be compared", () => {
  const tally = createIssueTally();
  const ids = createCustomerIdColumn(0, "id", tally, 3);
  const records = makeRecords("a\nb\nb\nc\nd\nd\na\n");
  const good = Uint32Array.from({ length: records.count }, (_, i) => i);
  ids.read(createBlockSink(records, good, records.count, 1));
  const told = tally.result().issues.map(({ code, count }) => [code, count]);
  assert.deepEqual(told, [
    ["duplicate_customer_id", 2],
    ["customer_ids_not_compared", 2],
  ]);
});

test("the encoding does not depend on how the file is cut into blocks", () => {
  const whole = runFile(toCsv(columns, makeCustomers(97)));
  const lines = toCsv(columns, makeCustomers(97)).trimEnd().split("\n").slice(1);
  for (const size of [1, 10, 96]) {
    const encoder = createEncoder({
      schema: telecomSchema,
      mapping: whole.mapped.mapping,
      formats: whole.formats,
      headers: columns,
      headerRow: 1,
      footerFrom: null,
    });
    const bytes: number[] = [];
    for (let from = 0; from < lines.length; from += size) {
      const text = lines
        .slice(from, from + size)
        .map((line) => `${line}\n`)
        .join("");
      bytes.push(...featureBytes(encoder.encode(makeRecords(text, { firstRow: from + 2 }), 0)));
    }
    assert.deepEqual(Uint8Array.from(bytes), featureBytes(whole.encoded));
  }
});

test("many different unknown values are each seen, beyond what is remembered", () => {
  const lines = Array.from(
    { length: 600 },
    (_, i) => `C${i},40,20.00,${i % 2 === 0 ? "One year" : `odd ${i}`},800,Yes`,
  );
  const file = runFile(`${[header, ...lines].join("\n")}\n`, { given: new Map([["contract", "contract"]]) });
  assert.deepEqual([file.encoded.count, file.encoded.rejected.length], [300, 300]);
  assert.equal(issue(file, "unknown_category")!.count, 300);
});
