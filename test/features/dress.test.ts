import assert from "node:assert/strict";
import { test } from "node:test";
import { columns, makeCustomers, toCsv, withColumn } from "./customers.ts";
import { featureBytes, runFile } from "./run-file.ts";

/** The same customers in another dress give the same bytes, row by row. */
const rows = makeCustomers(300);
const plain = runFile(toCsv(columns, rows));
const expected = featureBytes(plain.encoded);

function same(text: string, options: { delimiter?: string } = {}, rowOffset = 0): void {
  const run = runFile(text, options);
  assert.deepEqual(run.mapped.questions, []);
  assert.equal(run.encoded.count, rows.length);
  assert.deepEqual(featureBytes(run.encoded), expected);
  assert.deepEqual(run.encoded.customerIds, plain.encoded.customerIds);
  assert.deepEqual(
    [...run.encoded.rows],
    [...plain.encoded.rows].map((row) => row + rowOffset),
  );
}

const german = (value: string) => {
  const [whole, cents] = value.trim().split(".") as [string, string | undefined];
  return cents === undefined ? value : `${whole.replace(/\B(?=(\d{3})+$)/g, ".")},${cents}`;
};
const grouped = (value: string, mark: string) => {
  const [whole, cents] = value.trim().split(".") as [string, string | undefined];
  return cents === undefined ? value : `${whole.replace(/\B(?=(\d{3})+$)/g, mark)}.${cents}`;
};
const money = (change: (value: string) => string) =>
  withColumn(withColumn(rows, "MonthlyCharges", change), "TotalCharges", (value) =>
    value.trim() === "" ? value : change(value),
  );
const words = (name: string, yes: string, no: string, from = ["Yes", "No"]) =>
  withColumn(rows, name, (value) => (value === from[0] ? yes : value === from[1] ? no : value));

test("the plain dress is read whole", () => {
  assert.equal(plain.encoded.count, rows.length);
  assert.equal(plain.mapped.missingFeatures.join(), "online_backup,device_protection,streaming_tv,streaming_movies");
});

test("CRLF", () => same(toCsv(columns, rows, ",", "\r\n")));
test("semicolon and decimal comma", () => same(toCsv(columns, money(german), ";"), { delimiter: ";" }));
test("tab and decimal comma with spaces", () => {
  same(
    toCsv(
      columns,
      money((value) => german(value).replaceAll(".", "\u00a0")),
      "\t",
    ),
    { delimiter: "\t" },
  );
});
test("thousands marks", () => {
  for (const mark of [",", "'", "\u202f", " "])
    same(
      toCsv(
        columns,
        money((value) => grouped(value, mark)),
      ),
    );
});
test("currency before and after", () => {
  same(
    toCsv(
      columns,
      money((value) => `$${grouped(value, ",")}`),
    ),
  );
  same(
    toCsv(
      columns,
      money((value) => `${german(value)}\u00a0€`),
      ";",
    ),
    { delimiter: ";" },
  );
  same(
    toCsv(
      columns,
      money((value) => `USD ${value}`),
    ),
  );
});
test("formula guards before values", () =>
  same(
    toCsv(
      columns,
      money((value) => `'${value}`),
    ),
  ));
test("spaces around every value", () =>
  same(
    toCsv(
      columns,
      rows.map((row) => row.map((value) => ` ${value} `)),
    ),
  ));
test("every value quoted", () => {
  const quoted = [columns, ...rows].map((row) => `${row.map((value) => `"${value}"`).join(",")}\n`).join("");
  same(quoted);
});
test("columns in another order", () => {
  const order = columns.map((_, i) => (i * 5) % columns.length);
  assert.equal(new Set(order).size, columns.length);
  const shuffle = (row: readonly string[]) => order.map((i) => row[i]!);
  same(toCsv(shuffle(columns), rows.map(shuffle)));
});
test("headers in another dress", () => {
  const spaced = columns.map((name) => name.replace(/([a-z])([A-Z])/g, "$1 $2"));
  same(toCsv(spaced, rows));
  same(
    toCsv(
      spaced.map((name) => ` ${name.toUpperCase()} `),
      rows,
    ),
  );
  same(
    toCsv(
      spaced.map((name) => name.toLowerCase().replaceAll(" ", "_")),
      rows,
    ),
  );
});
test("contracts in another spelling", () => {
  const contract = (month: string, one: string, two: string) =>
    withColumn(rows, "Contract", (value) => (value === "One year" ? one : value === "Two year" ? two : month));
  same(toCsv(columns, contract("Month-to-Month", "One Year", "Two-year")));
  same(toCsv(columns, contract("month to month", "ONE YEAR", "24 months")));
  same(toCsv(columns, contract("Mensal", "Um ano", "Dois anos")));
});
test("flags in other words", () => {
  same(toCsv(columns, words("Partner", "1", "0")));
  same(toCsv(columns, words("Partner", "1.0", "0.0")));
  same(toCsv(columns, words("Partner", "TRUE", "FALSE")));
  same(toCsv(columns, words("Partner", "Sim", "Não")));
  same(toCsv(columns, words("SeniorCitizen", "Yes", "No", ["1", "0"])));
  same(toCsv(columns, words("OnlineSecurity", "true", "false")));
});
test("trailing empty columns", () => {
  same(
    toCsv(
      [...columns, "", ""],
      rows.map((row) => [...row, "", ""]),
    ),
  );
  same(
    toCsv(
      columns,
      rows.map((row) => [...row, "", " "]),
    ),
  );
});
test("footers, empty rows and lines of nothing but delimiters at the end", () => {
  const end = `${",".repeat(columns.length - 1)}\n"Grand Totals (300 records)"\n\n"Copyright (c) 2000-2026 x, inc."\n`;
  same(toCsv(columns, rows) + end);
});
test("a line of guidance below the header", () => {
  same(toCsv(columns, [columns.map((_, i) => (i === 0 ? "# fill in" : "hint")), ...rows]), {}, 1);
});

test("another value is another byte", () => {
  const other = runFile(
    toCsv(
      columns,
      withColumn(rows, "tenure", (value, i) => (i === 5 ? String(Number(value) + 1) : value)),
    ),
  );
  assert.notDeepEqual(featureBytes(other.encoded), expected);
  assert.throws(() => same(toCsv(columns, words("Partner", "No", "Yes"))));
});
