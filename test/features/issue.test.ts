import assert from "node:assert/strict";
import { test } from "node:test";
import { createIssueTally, type IssueKind, shorten } from "../../src/features/issue.ts";
import { limits } from "../../src/limits.ts";

const kind = (
  code: IssueKind["code"],
  severity: "info" | "warning" | "error" = "warning",
  column: string | null = null,
) => {
  return { code, severity, column, feature: null, message: code };
};

test("counts are exact and examples few", () => {
  const tally = createIssueTally();
  const hit = tally.counter(kind("blank_value"));
  for (let row = 1; row <= 1000; row++) hit(row, "");
  const [issue] = tally.result().issues;
  assert.equal(issue!.count, 1000);
  assert.equal(issue!.examples.length, limits.issueExamples);
  assert.deepEqual(issue!.examples[0], { row: 1, value: "", customer_id: null });
});

test("an example names the customer, unless the row as a whole is at fault", () => {
  const tally = createIssueTally();
  const kind = { code: "not_a_number", severity: "error", feature: null, message: "" } as const;
  tally.customersAre((row) => `C-${row}`);
  tally.counter({ ...kind, column: "tenure" })(7, "x");
  tally.customersAre((row) => `D-${row}`);
  tally.counter({ ...kind, column: "tenure" })(8, "y");
  tally.counter({ ...kind, code: "row_width", column: null })(9, "z");
  assert.deepEqual(
    tally.result().issues.flatMap(({ examples }) => examples.map((example) => example.customer_id)),
    ["C-7", "D-8", null],
  );
});

test("the gravest come first, then the most frequent", () => {
  const tally = createIssueTally();
  tally.add(kind("empty_row", "info"), 9);
  tally.add(kind("not_whole", "warning"), 1);
  tally.add(kind("outside_training_range", "warning"), 2);
  tally.add(kind("row_width", "error"), 1);
  assert.deepEqual(
    tally.result().issues.map((issue) => issue.code),
    ["row_width", "outside_training_range", "not_whole", "empty_row"],
  );
});

test("one kind per code, column and feature; a kind never hit is none", () => {
  const tally = createIssueTally();
  tally.counter(kind("footer_row"));
  tally.add(kind("empty_row", "info", "x"));
  tally.counter(kind("empty_row", "info", "x"))(1, "v");
  tally.add(kind("empty_row", "info", "y"));
  assert.deepEqual(
    tally.result().issues.map((issue) => [issue.column, issue.count]),
    [
      ["x", 2],
      ["y", 1],
    ],
  );
});

test("more kinds than the limit are told and not kept", () => {
  const tally = createIssueTally();
  for (let i = 0; i <= limits.issuesPerFile; i++) tally.add(kind("empty_row", "info", `c${i}`));
  assert.equal(tally.result().issues.length, limits.issuesPerFile);
  assert.equal(tally.result().truncated, true);
});

test("a long value is shortened without cutting a character in two", () => {
  assert.equal(shorten("x".repeat(100)).length, 100);
  assert.equal(shorten(`${"x".repeat(99)}😀y`), `${"x".repeat(99)}…`);
});
