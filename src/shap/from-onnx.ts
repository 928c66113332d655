import type { TreeEnsemble } from "./ensemble.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { ModelRefusal } from "./refusal.ts";
import { readTreeAttributes } from "./tree-attributes.ts";
import { buildTrees, type TreeLimits } from "./tree-builder.ts";
import { locateTrees } from "./tree-location.ts";

export interface FromOnnxOptions extends Partial<TreeLimits> {
  /** Width of the input, where the graph itself does not fix it. */
  readonly featureCount?: number;
}

/**
 * The tree ensemble of an ONNX model: a binary `TreeEnsembleClassifier` or a `TreeEnsembleRegressor` of one target, ai.onnx.ml 1 to
 * 4, whose result reaches a graph output unchanged. The raw score is what onnxruntime makes column 1 of the probabilities of
 * (LOGISTIC), or that column itself (NONE). It is proven that each tree is a tree, that every feature exists, every threshold
 * is a number and every leaf finite.
 *
 * @throws ModelRefusal for anything else, by name
 */
export function ensembleFromOnnx(model: OnnxModel, options: FromOnnxOptions = {}): TreeEnsemble {
  const { node, input } = locateTrees(model);
  const featureCount = input.width ?? options.featureCount;
  if (featureCount === undefined)
    throw new ModelRefusal("unsupported_input", `the width of input ${input.name} is not fixed`);
  if (options.featureCount !== undefined && options.featureCount !== featureCount)
    throw new ModelRefusal(
      "unsupported_input",
      `input ${input.name} is ${featureCount} wide, not ${options.featureCount}`,
    );
  const attributes = readTreeAttributes(node, input.elementType);
  const trees = buildTrees(attributes, featureCount, {
    maxTreeNodes: options.maxTreeNodes ?? 2_000_000,
    maxDepth: options.maxDepth ?? 512,
  });
  return { featureCount, ...trees, baseOffset: attributes.baseOffset, postTransform: attributes.postTransform };
}
