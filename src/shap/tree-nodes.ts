/**
 * The trees of a file in one form for all versions of ai.onnx.ml, before anything about them is proven: nodes by index, children
 * by index, weights by leaf. All lists are as long as `modes`, but for those that say otherwise.
 */
export interface TreeNodes {
  /** Index of each tree's root. */
  readonly roots: readonly number[];
  /** Index into `branchModes`, or -1 for a leaf. */
  readonly modes: Int8Array;
  /** What follows says nothing about leaves. */
  readonly features: ArrayLike<number>;
  /** Nothing about BRANCH_MEMBER nodes either. */
  readonly thresholds: ArrayLike<number>;
  /** The set of each BRANCH_MEMBER node, as `TreeEnsemble.sets` has it. */
  readonly sets: ReadonlyMap<number, Float64Array>;
  readonly trueChildren: Int32Array;
  readonly falseChildren: Int32Array;
  /** Empty where the model says nothing about missing values: then NaN fails every test but `!=`. */
  readonly missingTrue: ArrayLike<number>;
  /** `nodes_hitrates`, of any length. */
  readonly hitRates: ArrayLike<number>;
  readonly weights: readonly LeafWeight[];
  /** Whether a node with several parents is read as a copy for each: LightGBM's sets of categories are written so. */
  readonly sharing: boolean;
  /** The node as the file names it. */
  name(node: number): string;
}

export interface LeafWeight {
  readonly node: number;
  /** Class or target. */
  readonly id: number;
  readonly value: number;
}

export interface TreeLimits {
  /** Nodes of all trees of all outputs, each shared one counted once for each parent. Default 2 million. */
  readonly maxTreeNodes: number;
  /** Decisions from root to leaf, tests of one category each. Default 512. */
  readonly maxDepth: number;
  /** Classes or targets. Default 1,000. */
  readonly maxOutputs: number;
}
