import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { reasonText } from "../../src/shap/reason-text.ts";
import { groupReasons, topReasons } from "../../src/shap/reasons.ts";

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

test("the smallest makes room for each larger one that comes later", () => {
  assert.deepEqual(
    topReasons([1, 2, -3, 0.5, 4], 2).map((reason) => reason.index),
    [4, 2],
  );
});

test("one direction can be asked for", () => {
  assert.deepEqual(
    topReasons([2, -3, 1], 3, { directions: ["raises"] }).map((reason) => reason.index),
    [0, 2],
  );
});

test("a group weighs what its features weigh together, and the groups add up to all of them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ value: fc.double({ min: -4, max: 4, noNaN: true }), group: fc.nat(4) }), { minLength: 1 }),
      (features) => {
        const values = features.map(({ value }) => value);
        const groups = groupReasons(
          values,
          features.map(({ group }) => group),
        );
        const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
        for (const { group, shapValue, direction, features: members } of groups) {
          const own = values.filter((_, i) => features[i]!.group === group);
          assert.ok(Math.abs(shapValue - sum(own)) <= 1e-12);
          assert.equal(members.length, own.length);
          assert.equal(direction, shapValue > 0 ? "raises" : shapValue < 0 ? "lowers" : null);
          const sizes = members.map((index) => Math.abs(values[index]!));
          assert.deepEqual(
            sizes,
            sizes.toSorted((a, b) => b - a),
          );
        }
        assert.ok(Math.abs(sum(groups.map(({ shapValue }) => shapValue)) - sum(values)) <= 1e-10);
        const sizes = groups.map(({ shapValue }) => Math.abs(shapValue));
        assert.deepEqual(
          sizes,
          sizes.toSorted((a, b) => b - a),
        );
      },
    ),
    { numRuns: 200, seed: 31 },
  );
});

test("features that cancel out make a group without a direction", () => {
  assert.deepEqual(groupReasons([1, -1, 0.5], [0, 0, 1]), [
    { group: 1, shapValue: 0.5, direction: "raises", features: [2] },
    { group: 0, shapValue: 0, direction: null, features: [0, 1] },
  ]);
});

test("a sentence says what goes together, beside whom, and whether it is of use", () => {
  const words = { subject: "ärger", comparison: "like few", direction: "raises", outcome: "risk", actionable: true };
  assert.equal(reasonText({ ...words, direction: "raises" }), "Ärger (like few): goes with a higher risk.");
  assert.equal(
    reasonText({ ...words, comparison: null, direction: "lowers", actionable: false }),
    "Ärger: goes with a lower risk; good to know, not to act on.",
  );
  assert.match(reasonText({ ...words, direction: null }), /goes with neither a higher nor a lower risk\.$/);
});
