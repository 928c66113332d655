/** What the issues of a file cost, held against the file itself: every row is priced by hand from the cells that were spoiled. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Problem } from "../../src/features/problems.ts";
import { scoreBytes } from "./score-bytes.ts";
import { clean, csvOf } from "./silent-faults.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
after(() => model.stop());

type Customer = Readonly<Record<string, string>>;
/** Column → what stands there instead, for the customers that it falls on. */
type Fault = readonly [column: string, value: string, every: number, cause: string];
const faults: readonly Fault[] = [
  ["tenure", "n/a", 7, "required_value_missing"],
  ["tenure", "soon", 11, "not_a_number"],
  ["Contract", "Weekly", 13, "unknown_category"],
  ["MonthlyCharges", "a lot", 17, "not_a_number"],
  ["TotalCharges", "-3", 5, "out_of_range"],
  ["MonthlyCharges", "-5", 19, "out_of_range"],
];
const isHit = (row: number, every: number) => row % every === 2;
const spoiled = clean.map((customer, row): Customer => {
  const hits = faults.filter(([, , every]) => isHit(row, every)).map(([column, value]) => [column, value]);
  return { ...customer, ...Object.fromEntries(hits) };
});
const score = (csv: string, options: Parameters<typeof scoreBytes>[2] = {}) =>
  scoreBytes(model, new TextEncoder().encode(csv), { explain: false, ...options });

/** Of these customers: how many, and the charges that can still be read. */
function priced(isOf: (customer: Customer, row: number) => boolean) {
  const concerned = spoiled.filter(isOf);
  const charges = concerned.map((customer) => Number(customer["MonthlyCharges"])).filter((charge) => charge >= 0);
  const cents = charges.reduce((sum, charge) => sum + Math.round(charge * 100), 0);
  return {
    customers: concerned.length,
    monthly_revenue: charges.length === 0 ? null : cents / 100,
    revenue_known_for: charges.length,
  };
}

test("each cause costs what its rows cost, a row with two reasons is in both, and all together once", async () => {
  const { end, rejections } = await score(csvOf(spoiled));
  const { problems, not_scored: total } = end!.report;
  const find = (cause: string, column: string) =>
    problems.find((problem: Problem) => problem.cause === cause && problem.columns.includes(column))!;
  for (const [column, value, , cause] of faults) {
    const expected = priced((customer) => customer[column] === value);
    assert.deepEqual(find(cause, column).not_scored, expected, `${cause} in ${column}`);
    assert.equal(find(cause, column).customers, expected.customers);
  }
  const all = priced((customer) => faults.some(([column, value]) => customer[column] === value));
  assert.deepEqual(total, all);
  assert.equal(total.customers, rejections.length);
  const sum = problems.reduce((customers, problem) => customers + problem.not_scored.customers, 0);
  assert.ok(sum > total.customers, "some rows have two reasons");
  const order = problems.map(({ not_scored: { customers } }) => customers);
  assert.deepEqual(
    order,
    order.toSorted((a, b) => b - a),
  );
  assert.equal(find("not_a_number", "MonthlyCharges").not_scored.monthly_revenue, null);
});

test("the same in pieces of a hundred bytes as in one", async () => {
  const bytes = new TextEncoder().encode(csvOf(spoiled));
  const [small, large] = [
    await scoreBytes(model, bytes, { explain: false }, 100),
    await scoreBytes(model, bytes, { explain: false }, 1e9),
  ];
  assert.deepEqual(small.end!.report, large.end!.report);
});

test("decimal commas in two columns are one cause, and a row with both is one customer", async () => {
  const mixed = clean.map((customer, row) =>
    row % 3 > 0 ? customer : { ...customer, ...comma(customer, "MonthlyCharges"), ...comma(customer, "TotalCharges") },
  );
  const { end } = await score(csvOf(mixed), { decimal: "." });
  const [problem, ...others] = end!.report.problems;
  assert.deepEqual(others, []);
  assert.deepEqual([problem!.cause, problem!.columns], ["wrong_decimal_mark", ["MonthlyCharges", "TotalCharges"]]);
  const rows = mixed.filter((customer) => /,/.test(`${customer["MonthlyCharges"]}${customer["TotalCharges"]}`)).length;
  assert.deepEqual(
    [problem!.customers, problem!.not_scored.customers, end!.report.not_scored.customers],
    [rows, rows, rows],
  );
});

test("while a question is open nobody is scored because of it", async () => {
  const mixed = clean.map((customer, row) =>
    row % 3 > 0 ? customer : { ...customer, ...comma(customer, "MonthlyCharges") },
  );
  const conflict = (await score(csvOf(mixed))).report.report;
  const [problem] = conflict.problems;
  const nobody = { customers: clean.length, monthly_revenue: null, revenue_known_for: 0 };
  assert.deepEqual(
    [problem!.cause, problem!.codes, problem!.not_scored],
    ["wrong_decimal_mark", ["decimal_conflict"], nobody],
  );
  assert.deepEqual(conflict.not_scored, nobody);
  const { Contract: _, ...rest } = clean[0]!;
  const absent = (await score(csvOf([rest]))).report.report;
  assert.deepEqual(
    absent.problems.map(({ cause, not_scored }) => [cause, not_scored.customers]),
    [["questions_open", 1]],
  );
});

test("a file of short rows that ends in the middle of one may have been cut, and is told so", async () => {
  const cut = (await score(`${csvOf(clean)}a,b\nc,d`)).end!.report;
  assert.ok(cut.problems.some(({ cause, severity }) => cause === "last_row_cut" && severity === "warning"));
  const whole = (await score(`${csvOf(clean)}a,b\nc,d\n`)).end!.report;
  assert.ok(whole.issues.every(({ code }) => code !== "last_row_cut"));
  assert.deepEqual(
    whole.problems.map(({ cause, not_scored }) => [cause, not_scored]),
    [["row_width", { customers: 2, monthly_revenue: null, revenue_known_for: 0 }]],
  );
});

test("customers who are there more than once: each once, and all their rows", async () => {
  const { end, predictions } = await score(
    csvOf([...clean.slice(0, 100), ...clean.slice(0, 10), ...clean.slice(0, 5)]),
  );
  const issue = end!.report.issues.find(({ code }) => code === "duplicate_customer_id")!;
  assert.deepEqual([predictions.length, issue.count, issue.customers], [115, 15, 10]);
  assert.match(issue.message, /^10 customers are there more than once, in 25 rows;/);
  const [problem] = end!.report.problems;
  assert.deepEqual(
    [problem!.cause, problem!.customers, problem!.not_scored.customers],
    ["duplicate_customer_id", 10, 0],
  );
});

test("a column of numbers that are all equal is told in a file of enough customers", async () => {
  const equal = clean.map((customer) => ({ ...customer, tenure: "12" }));
  const told = (customers: readonly Customer[]) =>
    score(csvOf(customers)).then(({ end }) =>
      end!.report.issues.filter(({ code }) => code === "constant_column").map(({ column }) => column),
    );
  assert.deepEqual(await told(equal), ["tenure"]);
  assert.deepEqual(await told(equal.slice(0, 199)), []);
  assert.deepEqual(await told(clean), []);
});

test("customers with a value outside the training data are counted once", async () => {
  const odd = clean.map((customer, row) =>
    row < 9 ? { ...customer, tenure: "300", ...(row < 4 ? { MonthlyCharges: "400" } : {}) } : customer,
  );
  const { end, predictions } = await score(csvOf(odd));
  const noted = predictions.filter(({ notes }) => Object.values(notes ?? {}).includes("outside_training_range")).length;
  assert.equal(noted, 9);
  assert.deepEqual(end!.summary.outside_training_range, { customers: 9, share: 9 / clean.length });
});

function comma(customer: Customer, column: string): Customer {
  return { [column]: customer[column]!.replace(".", ",") };
}
