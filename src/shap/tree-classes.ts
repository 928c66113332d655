import { ModelRefusal } from "./refusal.ts";
import type { LeafWeight } from "./tree-attributes.ts";

interface ClassLists {
  readonly treeIds: readonly number[];
  readonly nodeIds: readonly number[];
  readonly classIds: readonly number[];
  readonly weights: ArrayLike<number>;
}

/**
 * Which weights and which base value make up the raw score of column 1, as onnxruntime 1.32 (and onnxruntime-web 1.30) forms it:
 *
 * | class ids of the weights | base_values | raw score of column 1 |
 * |---|---|---|
 * | 0 only (LightGBM, XGBoost, scikit-learn) | none, one | sum of weights + base; the sign of the weights changes column 0 only |
 * | 0 only | two | constant: the scores go to column 0. Refused |
 * | 1 only | none | sum of weights (column 0 is that of a raw score of 0) |
 * | 1 only, or 0 and 1 | one | base goes to column 0 only. Refused |
 * | 1 only, or 0 and 1 | two | weights of class 1 are not used. Refused |
 * | 0 and 1, both at every leaf | none | sum of the weights of class 1 |
 * | 0 and 1, not both at every leaf | any | depends on which leaves are reached. Refused |
 *
 * A regressor has one target, whose base value is always added. Every other number of classes or targets is refused.
 */
export function readClasses(
  lists: ClassLists,
  labels: number | "one target",
  base: ArrayLike<number>,
): { weights: readonly LeafWeight[]; baseOffset: number } {
  const ids = new Set(lists.classIds);
  const lastId = labels === "one target" ? 0 : 1;
  for (const id of ids)
    if (id < 0 || id > lastId) throw new ModelRefusal("unsupported_classes", `weights for class or target ${id}`);
  if (labels !== 2 && labels !== "one target")
    throw new ModelRefusal("unsupported_classes", `${labels} classes; two are supported`);
  const column = ids.has(1) ? 1 : 0;
  if (base.length > (column === 1 ? 0 : 1))
    throw new ModelRefusal(
      "unsupported_base_values",
      `${base.length} base values with weights for class ${[...ids].join(" and ")}`,
    );
  const weights: LeafWeight[] = [];
  const others = new Set<string>();
  for (let i = 0; i < lists.classIds.length; i++) {
    const treeId = lists.treeIds[i]!;
    const nodeId = lists.nodeIds[i]!;
    if (lists.classIds[i] === column) weights.push({ treeId, nodeId, value: lists.weights[i]! });
    else others.add(`${treeId} ${nodeId}`);
  }
  if (
    ids.size === 2 &&
    (others.size !== weights.length || !weights.every((w) => others.has(`${w.treeId} ${w.nodeId}`)))
  )
    throw new ModelRefusal("leaf_weights", "some leaves have a weight for one class only");
  const baseOffset = base[0] ?? 0;
  if (!Number.isFinite(baseOffset)) throw new ModelRefusal("leaf_not_finite", "a base value is not finite");
  return { weights, baseOffset };
}
