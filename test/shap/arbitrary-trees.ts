import fc from "fast-check";
import { branchModes } from "../../src/shap/ensemble.ts";
import type { Tree } from "./tree-text.ts";

/** Few thresholds, so that rows fall exactly on them and features are tested again; one that float32 rounds; neighbours. */
const thresholds = [-1, -0.5, 0, Math.fround(0.1), 0.5, 1, 2];
const justAboveHalf = 0.5 + 2 ** -24;
const values = [
  ...thresholds,
  -2,
  0.25,
  justAboveHalf,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

export interface Case {
  readonly featureCount: number;
  readonly trees: readonly Tree[];
  /** Row-major. */
  readonly background: Float32Array;
  readonly rows: Float32Array;
  readonly count: number;
}

/** Random ensembles with all branch modes, sets of members too, repeated features and missing values, and rows to explain. */
export function arbitraryCase(maxFeatures: number, maxDepth = 4): fc.Arbitrary<Case> {
  return fc.integer({ min: 1, max: maxFeatures }).chain((featureCount) => {
    const leaf: fc.Arbitrary<Tree> = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
    const tree = (depth: number): fc.Arbitrary<Tree> => {
      if (depth === 0) return leaf;
      const below = tree(depth - 1);
      const test = {
        feature: fc.integer({ min: 0, max: featureCount - 1 }),
        missingTrue: fc.boolean(),
        yes: below,
        no: below,
      };
      const compares = { mode: fc.integer({ min: 0, max: 5 }), threshold: fc.constantFrom(...thresholds) };
      const members = fc.subarray(thresholds, { minLength: 2 });
      const contains = { mode: fc.constant(branchModes.indexOf("BRANCH_MEMBER")), threshold: fc.constant(0), members };
      return fc.oneof(
        { weight: 1, arbitrary: leaf },
        { weight: 4, arbitrary: fc.record({ ...test, ...compares }) },
        { weight: 1, arbitrary: fc.record({ ...test, ...contains }) },
      );
    };
    const table = (rows: number) =>
      fc
        .array(fc.constantFrom(...values), { minLength: rows * featureCount, maxLength: rows * featureCount })
        .map((cells) => Float32Array.from(cells));
    return fc
      .tuple(
        fc.array(tree(maxDepth), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 6 }).chain(table),
        table(4),
      )
      .map(([trees, background, rows]) => ({ featureCount, trees, background, rows, count: 4 }));
  });
}
