/**
 * A tree ensemble as flat arrays: what the ONNX parser produces and the explainer reads. Node i of the whole ensemble has
 * `feature[i] < 0` for a leaf. The nodes of a tree are one run, parents before their children. Thresholds and leaves are the ONNX file's float32 (or float64) values, held as float64.
 */
export interface TreeEnsemble {
  /** Width of the model's input. */
  readonly featureCount: number;
  /** Index of each tree's root node; one more entry than trees, the last being the number of nodes. */
  readonly roots: Int32Array;
  /** Input column that a node tests, or -1 for a leaf. */
  readonly feature: Int32Array;
  /** May be infinite: LightGBM's "missing or not" is x <= +Infinity. */
  readonly threshold: Float64Array;
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
  /** LOGISTIC: probability = 1 / (1 + exp(-raw)). */
  readonly postTransform: "NONE" | "LOGISTIC";
}

/** ONNX branch modes by their `mode` value: x <= t, x < t, x >= t, x > t, x == t, x != t. */
export const branchModes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"] as const;
