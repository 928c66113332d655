/**
 * A tree ensemble as flat arrays: what the ONNX parser produces and the explainer reads. Node i of the whole ensemble has
 * `feature[i] < 0` for a leaf. The nodes of a tree are one run, parents before their children. Thresholds and leaves are the ONNX
 * file's float32 (or float64) values, held as float64. It has one scalar output; a model of several is several of them.
 */
export interface TreeEnsemble {
  /** Width of the model's input. */
  readonly featureCount: number;
  /** What the tests see of a value: "float64" where the model takes doubles, which need not be float32 values then. */
  readonly inputType: "float32" | "float64";
  /** Index of each tree's root node; one more entry than trees, the last being the number of nodes. */
  readonly roots: Int32Array;
  /** Input column that a node tests, or -1 for a leaf. */
  readonly feature: Int32Array;
  /** May be infinite: LightGBM's "missing or not" is x <= +Infinity. For BRANCH_MEMBER, the index of the node's set in `sets`. */
  readonly threshold: Float64Array;
  /** Members of the BRANCH_MEMBER nodes' sets: ascending, each once, at least one, never NaN. */
  readonly sets: readonly Float64Array[];
  /** Child taken when the test holds, and when it does not (absolute node index). */
  readonly trueChild: Int32Array;
  readonly falseChild: Int32Array;
  /** 1: a missing value (NaN) takes the true branch, whatever the mode (`x != t` holds for NaN: there it is 1 when read from ONNX). */
  readonly missingTrue: Uint8Array;
  /** What a node tests: see `branchModes`. */
  readonly mode: Uint8Array;
  /** Contribution of a leaf to the raw score (log-odds); 0 for other nodes. */
  readonly leaf: Float64Array;
  /** Rows, or their weight, that reached each node when the tree was grown; null where the file has none that are real. */
  readonly cover: Float64Array | null;
  /** ONNX `base_values`: added to the sum of leaves. Not SHAP's base value. */
  readonly baseOffset: number;
  /** LOGISTIC: probability = 1 / (1 + exp(-raw)). SOFTMAX and SOFTMAX_ZERO join the raw scores of all outputs. */
  readonly postTransform: PostTransform;
}

/** ONNX branch modes by their `mode` value: x <= t, x < t, x >= t, x > t, x == t, x != t, x is in the set. */
export const branchModes = [
  "BRANCH_LEQ",
  "BRANCH_LT",
  "BRANCH_GTE",
  "BRANCH_GT",
  "BRANCH_EQ",
  "BRANCH_NEQ",
  "BRANCH_MEMBER",
] as const;

/** What the tree operator makes of raw scores, in the order of version 5 of ai.onnx.ml. */
export const postTransforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"] as const;
/** EXP is an operator of its own behind the trees. */
export type PostTransform = (typeof postTransforms)[number] | "EXP";

/** How ONNX joins the trees' leaves, in the order of version 5 of ai.onnx.ml. */
export const aggregates = ["AVERAGE", "SUM", "MIN", "MAX"] as const;
export type Aggregate = (typeof aggregates)[number];
