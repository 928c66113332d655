import assert from "node:assert/strict";
import { test } from "node:test";
import { topReasons } from "../../src/shap/reasons.ts";

test("the largest contributions come first, whatever their sign", () => {
  assert.deepEqual(topReasons([0.1, -0.5, 0, 0.3], 3), [
    { index: 1, shapValue: -0.5, direction: "lowers" },
    { index: 3, shapValue: 0.3, direction: "raises" },
    { index: 0, shapValue: 0.1, direction: "raises" },
  ]);
});

test("zero and not-a-number are never reasons, so there may be fewer than asked for", () => {
  assert.deepEqual(topReasons([0, -0, Number.NaN], 3), []);
  assert.equal(topReasons([0, 1e-300], 3).length, 1);
});

test("equal sizes keep the order of the features", () => {
  assert.deepEqual(
    topReasons([-1, 1, 1], 2).map((reason) => reason.index),
    [0, 1],
  );
});

test("one direction can be asked for", () => {
  assert.deepEqual(
    topReasons([2, -3, 1], 3, { directions: ["raises"] }).map((reason) => reason.index),
    [0, 2],
  );
});
