/** The twins of zoo.test.ts: a model changed a little does not pass for the one that the reference values are of. */
import assert from "node:assert/strict";
import { branchModes, type TreeEnsemble } from "../../../src/shap/ensemble.ts";
import { createExplainer } from "../../../src/shap/explainer.ts";
import { ensemblesFromOnnx } from "../../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../../src/shap/onnx.ts";
import { test } from "../../slow-test.ts";
import { largestDifference } from "../largest-difference.ts";
import { loadZooModel, zoo } from "./zoo.ts";

type Change = (ensemble: TreeEnsemble, root: number) => Partial<TreeEnsemble>;

const mode = (name: (typeof branchModes)[number]): number => branchModes.indexOf(name);
const other: Readonly<Record<number, number>> = {
  [mode("BRANCH_LEQ")]: mode("BRANCH_LT"),
  [mode("BRANCH_LT")]: mode("BRANCH_LEQ"),
  [mode("BRANCH_GT")]: mode("BRANCH_GTE"),
};

/** Of the first tree's root, but the weight: a leaf's. */
const changes: Readonly<Record<string, Change>> = {
  "the branch mode": ({ mode }, root) => ({ mode: mode.with(root, other[mode[root]!]!) }),
  "the direction of missing values": ({ missingTrue }, root) => ({
    missingTrue: missingTrue.with(root, 1 - missingTrue[root]!),
  }),
  "a weight": ({ leaf, feature }) => ({
    leaf: leaf.map((value, node) => value + (node === feature.indexOf(-1) ? 0.01 : 0)),
  }),
  // Exchanged between two leaves, since what children have is what their parent has.
  "the cover": ({ cover, feature, trueChild, falseChild }) => {
    const above = feature.findIndex((_, node) => {
      const [yes, no] = [trueChild[node]!, falseChild[node]!];
      return feature[yes] === -1 && feature[no] === -1 && cover![yes] !== cover![no];
    });
    const [yes, no] = [trueChild[above]!, falseChild[above]!];
    return { cover: cover!.with(yes, cover![no]!).with(no, cover![yes]!) };
  },
};

for (const name of ["lightgbm-binary", "xgboost-binary", "catboost-binary", "sklearn-hist-binary"])
  for (const [what, change] of Object.entries(changes))
    test(`${name} with ${what} changed is not the same`, () => {
      const { rows, features, range } = zoo.kinds[name]!;
      const model = loadZooModel(name);
      const ensemble = ensemblesFromOnnx(parseOnnxModel(model.bytes)).outputs[0]!;
      const perturbation =
        what === "the cover"
          ? ({ kind: "path-dependent" } as const)
          : ({ kind: "interventional", background: model.background } as const);
      const reference = (what === "the cover" ? model.pathDependent : model.interventional).shapValues[0]!;
      const explain = (of: TreeEnsemble): number => {
        const out = new Float64Array(rows * features);
        createExplainer(of, perturbation).explain(model.inputs, rows, out);
        return largestDifference(out, reference);
      };
      assert.ok(explain(ensemble) <= 1e-5 * range);
      const changed = explain({ ...ensemble, ...change(ensemble, ensemble.roots[0]!) });
      assert.ok(changed > 1e-4 * range, `passes with ${changed}`);
    });
