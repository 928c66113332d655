import { ModelRefusal } from "./refusal.ts";
import type { TreeAttributes } from "./tree-attributes.ts";
import type { TreeNodes } from "./tree-nodes.ts";

/** One raw score of the model. */
export interface OutputPlan {
  /** Column of the scores that it is the raw score of. */
  readonly column: number;
  /** Class or target of the weights that it is the sum of. */
  readonly id: number;
  readonly baseOffset: number;
}

/**
 * Which weights and which base value make up the raw score of each column, as onnxruntime 1.32 (and onnxruntime-web 1.30) forms it.
 *
 * More than two classes, and targets: column k is the sum of the weights of k, plus base value k where there are any; a leaf
 * without a weight for k adds nothing. But a target of several of which no leaf reached has a weight goes without its base value:
 * refused, unless that value is 0 or some tree has a weight for it at every leaf. Two classes:
 *
 * | class ids of the weights | base_values | raw score of column 1 |
 * |---|---|---|
 * | 0 only (LightGBM, XGBoost, scikit-learn) | none, one | sum of weights + base; the sign of the weights changes column 0 only |
 * | 0 only | two | constant: the scores go to column 0. Refused |
 * | 1 only | none | sum of weights (column 0 is that of a raw score of 0) |
 * | 1 only, or 0 and 1 | one | base goes to column 0 only. Refused |
 * | 1 only, or 0 and 1 | two | weights of class 1 are not used. Refused |
 * | 0 and 1, class 1 at every leaf of some tree | none | sum of the weights of class 1 |
 * | 0 and 1, else | any | depends on which leaves are reached. Refused |
 *
 * SOFTMAX, SOFTMAX_ZERO and PROBIT of two classes: only weights of both (last row but one); each column is an output then.
 *
 * @throws ModelRefusal by name
 */
export function planOutputs(attributes: TreeAttributes): OutputPlan[] {
  const { kind, width, baseValues, nodes } = attributes;
  for (const { id } of nodes.weights)
    if (!(id >= 0 && id < width))
      throw new ModelRefusal("unsupported_classes", `weights for class or target ${id} of ${width}`);
  checkWeights(attributes);
  checkAggregate(attributes);
  for (let i = 0; i < baseValues.length; i++)
    if (!Number.isFinite(baseValues[i])) throw new ModelRefusal("leaf_not_finite", "a base value is not finite");
  if (kind === "classifier" && width === 2) return planBinary(attributes);
  if (kind === "classifier" && width < 2)
    throw new ModelRefusal("unsupported_classes", `${width} classes; two or more are supported`);
  if (width < 1) throw new ModelRefusal("unsupported_classes", "no targets");
  if (baseValues.length !== 0 && baseValues.length !== width)
    throw new ModelRefusal("unsupported_base_values", `${baseValues.length} base values for ${width} columns`);
  // onnxruntime passes over these for a single target: what the model's author meant cannot be known.
  if (width === 1 && attributes.postTransform !== "NONE" && attributes.postTransform !== "PROBIT")
    throw new ModelRefusal("unsupported_post_transform", `post_transform ${attributes.postTransform} of one target`);
  if (kind === "targets" && width > 1 && baseValues.length > 0) {
    const always = idsOfWholeTrees(nodes);
    for (let id = 0; id < width; id++)
      if (baseValues[id] !== 0 && !always.has(id))
        throw new ModelRefusal("unsupported_base_values", `in every tree some leaves have no weight for target ${id}`);
  }
  return Array.from({ length: width }, (_, id) => ({ column: id, id, baseOffset: baseValues[id] ?? 0 }));
}

function planBinary({ nodes, baseValues: base, postTransform }: TreeAttributes): OutputPlan[] {
  const ids = new Set(nodes.weights.map((weight) => weight.id));
  const column = ids.has(1) ? 1 : 0;
  if (base.length > (column === 1 ? 0 : 1))
    throw new ModelRefusal(
      "unsupported_base_values",
      `${base.length} base values with weights for class ${[...ids].join(" and ")}`,
    );
  const both = ids.size === 2;
  if (both && !idsOfWholeTrees(nodes).has(1))
    throw new ModelRefusal("leaf_weights", "in every tree some leaves have a weight for class 0 only");
  if (postTransform === "NONE" || postTransform === "LOGISTIC")
    return [{ column: 1, id: column, baseOffset: base[0] ?? 0 }];
  if (!both)
    throw new ModelRefusal("unsupported_post_transform", `post_transform ${postTransform} with weights for one class`);
  return [0, 1].map((id) => ({ column: id, id, baseOffset: 0 }));
}

/** Classes or targets that some tree has a weight for at every leaf. The nodes of a tree are one run before version 5. */
function idsOfWholeTrees({ roots, modes, weights }: TreeNodes): ReadonlySet<number> {
  const treeOf = new Int32Array(modes.length);
  const leaves = new Int32Array(roots.length);
  roots.forEach((root, tree) => {
    treeOf.fill(tree, root, roots[tree + 1] ?? modes.length);
  });
  modes.forEach((mode, node) => {
    if (mode < 0) leaves[treeOf[node]!]! += 1;
  });
  const counts = new Map<number, number>();
  const whole = new Set<number>();
  for (const { node, id } of weights) {
    const tree = treeOf[node]!;
    const key = id * roots.length + tree;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count === leaves[tree]) whole.add(id);
  }
  return whole;
}

/** Each leaf has a weight, and one at most for each class; onnxruntime would read further ones or not. */
function checkWeights({ nodes, width }: TreeAttributes): void {
  const seen = new Set<number>();
  const weighed = new Uint8Array(nodes.modes.length);
  for (const { node, id, value } of nodes.weights) {
    const key = node * width + id;
    if (seen.has(key)) throw new ModelRefusal("leaf_weights", `${nodes.name(node)} has two weights for ${id}`);
    if (!Number.isFinite(value)) throw new ModelRefusal("leaf_not_finite", nodes.name(node));
    seen.add(key);
    weighed[node] = 1;
  }
  nodes.modes.forEach((mode, node) => {
    if (mode < 0 && weighed[node] === 0)
      throw new ModelRefusal("leaf_weights", `${nodes.name(node)} is a leaf without a weight`);
  });
}

/** The least and the greatest of several trees' leaves is no sum over trees. Of one tree it is the leaf itself. */
function checkAggregate({ aggregate, nodes, width }: TreeAttributes): void {
  const trees = nodes.roots.length;
  if (aggregate === "SUM" || aggregate === "AVERAGE") return;
  const leaves = nodes.modes.reduce((count, mode) => count + (mode < 0 ? 1 : 0), 0);
  if (trees > 1 || nodes.weights.length !== leaves * width)
    throw new ModelRefusal("unsupported_aggregate", `aggregate_function ${aggregate} of ${trees} trees is no sum`);
}
