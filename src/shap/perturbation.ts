/** What stands in for the features that a coalition leaves out: it decides which question SHAP values answer. */
export type Perturbation = Interventional | PathDependent;

/** The rows of a background, one after another: "compared with these customers". shap's `interventional`. */
export interface Interventional {
  readonly kind: "interventional";
  /** Row-major, rows x `featureCount`; NaN is a missing value. */
  readonly background: Float32Array;
  /** One for each background row, positive, any scale; equal where not given. */
  readonly weights?: Float64Array;
}

/**
 * Both ways of a test, each for the share of the rows that went there when the tree was grown (`cover` of the ensemble). shap's
 * `tree_path_dependent`.
 */
export interface PathDependent {
  readonly kind: "path-dependent";
}
