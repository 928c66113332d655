/** An upload's answer keeps within its limit, whatever stands in the report; what is left out is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { examples } from "../../src/api/examples.ts";
import { fitView } from "../../src/api/fit-view.ts";
import { UploadView } from "../../src/api/upload-view.ts";
import { limits } from "../../src/limits.ts";

const upload = v.parse(UploadView, examples.upload);
const bytesOf = (view: unknown) => new TextEncoder().encode(JSON.stringify(view)).length;
const [issue, problem] = [upload.issues[0]!, upload.problems[0]!];

/** One column of a name of so many characters for each issue and problem. */
function large(columns: number, characters: number, letter: string) {
  const names = Array.from({ length: columns }, (_, i) => `${i}${letter.repeat(characters)}`.slice(0, characters));
  return {
    ...upload,
    columns: names,
    unmapped_columns: names.slice(20),
    mapping: names.slice(0, 20).map((column) => ({ ...upload.mapping[0]!, column })),
    questions: [
      {
        feature: "contract",
        columns: names.slice(0, 10),
        question: "Which?",
        plain: "Which?",
        units: [],
        effect: null,
      },
    ],
    issues: names.map((column, i) => ({ ...issue, column, count: columns - i })),
    problems: names.map((column, i) => ({ ...problem, columns: [column], issues: [i, columns - 1] })),
  };
}

test("what fits is left as it is", () => {
  const view = large(100, 100, "x");
  assert.equal(fitView(view), view);
});

for (const [columns, characters, letter] of [
  [100, 10_000, "x"],
  [104, 10_000, "長"],
  [104, 10_000, "\u0001"],
  [1_000, 1_000, "x"],
  [2_000, 500, "長"],
] as const) {
  test(`${columns} columns of ${characters} × ${JSON.stringify(letter)} fit, and every list is a beginning of what there is`, () => {
    const view = large(columns, characters, letter);
    assert.ok(bytesOf(view) > limits.uploadViewBytes);
    const fitted = fitView(view);
    assert.ok(bytesOf(fitted) <= limits.uploadViewBytes, `${bytesOf(fitted)} bytes`);
    assert.deepEqual(v.parse(UploadView, fitted), fitted);
    assert.deepEqual(fitted.columns, view.columns.slice(0, fitted.columns.length));
    assert.deepEqual(fitted.unmapped_columns, view.unmapped_columns.slice(0, fitted.unmapped_columns.length));
    const isWhole = fitted.columns.length === columns && fitted.unmapped_columns.length === columns - 20;
    assert.equal(fitted.columns_truncated, !isWhole);
    assert.equal(fitted.issues_truncated, fitted.issues.length < columns);
    assert.equal(fitted.problems_truncated, fitted.problems.length < columns);
    assert.ok(fitted.issues.length >= 100 && fitted.problems.length >= 50, "what matters most stays");
    // A long name is its position, which a mapping takes too.
    assert.deepEqual(
      fitted.issues.map(({ column }) => column),
      fitted.issues.map((_, i) => `#${i + 1}`),
    );
    assert.deepEqual(fitted.questions[0]?.columns[9], "#10");
    for (const { issues } of fitted.problems) for (const place of issues) assert.ok(place < fitted.issues.length);
  });
}
