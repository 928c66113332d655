import type { Aggregate, PostTransform, TreeEnsemble } from "./ensemble.ts";
import { dataTypes, type OnnxModel } from "./onnx-model.ts";
import { ModelRefusal } from "./refusal.ts";
import { readTreeAttributes } from "./tree-attributes.ts";
import { readTreeAttributes5 } from "./tree-attributes-5.ts";
import { buildTrees } from "./tree-builder.ts";
import { planOutputs } from "./tree-classes.ts";
import { readCover } from "./tree-cover.ts";
import { locateTrees, type ScoresWay } from "./tree-location.ts";
import type { TreeLimits } from "./tree-nodes.ts";
import { splitOutputs } from "./tree-outputs.ts";

export interface FromOnnxOptions extends Partial<TreeLimits> {
  /** Width of the input, where the graph itself does not fix it. */
  readonly featureCount?: number;
}

export interface OnnxEnsembles {
  /** One for each class or target; a classifier of two classes with one raw score has one, that of its positive class. */
  readonly outputs: readonly TreeEnsemble[];
  /** Column of the scores that each output is the raw score of. */
  readonly columns: readonly number[];
  /** Class labels by column; empty for targets, which have no names in ONNX. */
  readonly labels: readonly (string | number)[];
  readonly postTransform: PostTransform;
  /** Already in the leaves. */
  readonly aggregate: Aggregate;
  /** Why the ensembles' `cover` is null: what is missing, or not real. Null where they have one. */
  readonly coverRefusal: string | null;
}

/**
 * The tree ensembles of an ONNX model, one for each class or target: `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of ai.onnx.ml
 * 1 to 4, `TreeEnsemble` of 5, whose result reaches a graph output. The raw score is what the post transform is taken of.
 * It is proven that the trees end, that every feature exists, every threshold is a number and every leaf finite.
 *
 * @throws ModelRefusal for anything else, by name
 */
export function ensemblesFromOnnx(model: OnnxModel, options: FromOnnxOptions = {}): OnnxEnsembles {
  const { node, input, way } = locateTrees(model);
  const featureCount = input.width ?? options.featureCount;
  if (featureCount === undefined)
    throw new ModelRefusal("unsupported_input", `the width of input ${input.name} is not fixed`);
  if (options.featureCount !== undefined && options.featureCount !== featureCount)
    throw new ModelRefusal(
      "unsupported_input",
      `input ${input.name} is ${featureCount} wide, not ${options.featureCount}`,
    );
  const limits: TreeLimits = {
    maxTreeNodes: options.maxTreeNodes ?? 2_000_000,
    maxDepth: options.maxDepth ?? 512,
    maxOutputs: options.maxOutputs ?? 1_000,
  };
  const attributes = (node.opType === "TreeEnsemble" ? readTreeAttributes5 : readTreeAttributes)(
    node,
    input.elementType,
  );
  const trees = buildTrees(attributes.nodes, featureCount, limits);
  if (attributes.width > limits.maxOutputs)
    throw new ModelRefusal("unsupported_classes", `${attributes.width} outputs; the budget is ${limits.maxOutputs}`);
  const plans = planOutputs(attributes);
  const { cover, refusal } = readCover(attributes.nodes, trees);
  const postTransform = joinTransforms(attributes.postTransform, way);
  const inputType = input.elementType === dataTypes.double ? "float64" : "float32";
  return {
    outputs: splitOutputs(attributes, trees, plans, way, { featureCount, inputType, cover, postTransform }, limits),
    columns: plans.map((plan) => plan.column),
    labels: attributes.labels,
    postTransform,
    aggregate: attributes.aggregate,
    coverRefusal: refusal,
  };
}

/** A divisor or an exponential behind the trees is part of the raw score, or the transform, where the trees have none of their own. */
function joinTransforms(own: PostTransform, { divisor, exponential }: ScoresWay): PostTransform {
  if (own === "NONE") return exponential ? "EXP" : "NONE";
  if (exponential || divisor !== 1)
    throw new ModelRefusal("unsupported_output", `the scores are changed again behind post_transform ${own}`);
  return own;
}

/**
 * The one raw score of a model that has one: the positive class's of a classifier of two, or a regressor's target. It is what onnxruntime
 * makes the last column of the scores of: the logistic of it (LOGISTIC), or itself (NONE).
 *
 * @throws ModelRefusal for anything else, by name
 */
export function ensembleFromOnnx(model: OnnxModel, options: FromOnnxOptions = {}): TreeEnsemble {
  const { outputs, postTransform } = ensemblesFromOnnx(model, options);
  if (postTransform !== "NONE" && postTransform !== "LOGISTIC")
    throw new ModelRefusal(
      "unsupported_post_transform",
      `post_transform ${postTransform}; NONE and LOGISTIC are supported`,
    );
  const [output] = outputs;
  if (output === undefined || outputs.length > 1)
    throw new ModelRefusal("unsupported_classes", `${outputs.length} classes or targets; one raw score is supported`);
  return output;
}
