import type { TreeEnsemble } from "./ensemble.ts";
import { dataTypes, type OnnxAttribute, type OnnxNode } from "./onnx-model.ts";
import { ModelRefusal } from "./refusal.ts";
import { readClasses } from "./tree-classes.ts";

/** The attributes of a tree node of ai.onnx.ml 1 to 4, checked one by one but not yet as trees. */
export interface TreeAttributes {
  readonly treeIds: readonly number[];
  readonly nodeIds: readonly number[];
  readonly featureIds: readonly number[];
  readonly modes: readonly string[];
  readonly thresholds: ArrayLike<number>;
  readonly trueIds: readonly number[];
  readonly falseIds: readonly number[];
  /** Empty where the model says nothing about missing values: then NaN fails every test but `!=`. */
  readonly missingTrue: readonly number[];
  /** Weights that make up the raw score, one for each leaf. */
  readonly weights: readonly LeafWeight[];
  readonly baseOffset: number;
  readonly postTransform: TreeEnsemble["postTransform"];
}

export interface LeafWeight {
  readonly treeId: number;
  readonly nodeId: number;
  readonly value: number;
}

export function readTreeAttributes(node: OnnxNode, inputType: number): TreeAttributes {
  const isClassifier = node.opType === "TreeEnsembleClassifier";
  const read = createAttributeReader(node, inputType);
  const aggregate = read.text("aggregate_function", "SUM");
  if (aggregate !== "SUM")
    throw new ModelRefusal("unsupported_aggregate", `aggregate_function ${aggregate}; SUM is supported`);
  const transform = read.text("post_transform", "NONE");
  if (transform !== "NONE" && transform !== "LOGISTIC")
    throw new ModelRefusal(
      "unsupported_post_transform",
      `post_transform ${transform}; NONE and LOGISTIC are supported`,
    );
  // onnxruntime passes over LOGISTIC for a single target: what the model's author meant cannot be known.
  if (!isClassifier && transform === "LOGISTIC")
    throw new ModelRefusal("unsupported_post_transform", "post_transform LOGISTIC of a regressor");
  if (!isClassifier && read.ints("n_targets")[0] !== 1)
    throw new ModelRefusal("unsupported_classes", `${read.ints("n_targets")[0] ?? 0} targets; one is supported`);
  const prefix = isClassifier ? "class" : "target";
  const leaves = {
    treeIds: read.ints(`${prefix}_treeids`),
    nodeIds: read.ints(`${prefix}_nodeids`),
    classIds: read.ints(`${prefix}_ids`),
    weights: read.numbers(`${prefix}_weights`),
  };
  sameLengths(leaves, leaves.treeIds.length);
  const base = read.numbers("base_values");
  const labels = isClassifier ? read.labelCount() : "one target";
  const nodes = {
    treeIds: read.ints("nodes_treeids"),
    nodeIds: read.ints("nodes_nodeids"),
    featureIds: read.ints("nodes_featureids"),
    modes: read.texts("nodes_modes"),
    thresholds: read.numbers("nodes_values"),
    trueIds: read.ints("nodes_truenodeids"),
    falseIds: read.ints("nodes_falsenodeids"),
  };
  sameLengths(nodes, nodes.treeIds.length);
  const missingTrue = read.ints("nodes_missing_value_tracks_true");
  if (missingTrue.length > 0) sameLengths({ nodes_missing_value_tracks_true: missingTrue }, nodes.treeIds.length);
  read.refuseOthers(new Set(["nodes_hitrates", "nodes_hitrates_as_tensor"]));
  const classes = readClasses(leaves, labels, base);
  return { ...nodes, missingTrue, ...classes, postTransform: transform };
}

function sameLengths(lists: Record<string, ArrayLike<unknown>>, length: number): void {
  for (const [name, list] of Object.entries(lists))
    if (list.length !== length)
      throw new ModelRefusal("attribute_lengths", `${name} has ${list.length} entries where others have ${length}`);
}

/** Reads attributes by name and type, and remembers which were read. */
function createAttributeReader(node: OnnxNode, inputType: number) {
  const byName = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
  const known = new Set<string>();
  const take = (name: string, ...types: OnnxAttribute["type"][]): OnnxAttribute | undefined => {
    known.add(name);
    const attribute = byName.get(name);
    if (attribute !== undefined && (!types.includes(attribute.type) || attribute.refAttrName !== ""))
      throw new ModelRefusal("attribute_type", `attribute ${name} has type ${attribute.type}`);
    return attribute;
  };
  /** A tensor of numbers must have the input's type: onnxruntime refuses a float64 tensor beside a float32 input. */
  const tensorNumbers = (attribute: OnnxAttribute): ArrayLike<number> => {
    const tensor = attribute.tensors[0];
    if (
      attribute.tensors.length !== 1 ||
      tensor?.values === null ||
      tensor?.dataType !== inputType ||
      tensor.dims.length !== 1
    )
      throw new ModelRefusal("unsupported_attribute", `${attribute.name} is not a list of the input's number type`);
    if (inputType !== dataTypes.float && inputType !== dataTypes.double)
      throw new ModelRefusal("unsupported_attribute", `${attribute.name} beside an input of type ${inputType}`);
    return tensor.values;
  };
  return {
    text: (name: string, otherwise: string): string => take(name, "STRING")?.strings[0] ?? otherwise,
    texts: (name: string): readonly string[] => take(name, "STRINGS")?.strings ?? [],
    ints: (name: string): readonly number[] => take(name, "INTS", "INT")?.ints ?? [],
    numbers(name: string): ArrayLike<number> {
      const floats = take(name, "FLOATS")?.floats ?? [];
      const tensor = take(`${name}_as_tensor`, "TENSOR");
      if (tensor === undefined) return floats;
      const values = tensorNumbers(tensor);
      if (floats.length > 0 && values.length > 0)
        throw new ModelRefusal("unsupported_attribute", `${name} is given as floats and as a tensor`);
      return values.length > 0 ? values : floats;
    },
    labelCount(): number {
      const ints = take("classlabels_int64s", "INTS")?.ints ?? [];
      const strings = take("classlabels_strings", "STRINGS")?.strings ?? [];
      if (ints.length > 0 && strings.length > 0)
        throw new ModelRefusal("unsupported_classes", "class labels are given as integers and as strings");
      return ints.length + strings.length;
    },
    refuseOthers(harmless: ReadonlySet<string>): void {
      for (const name of byName.keys())
        if (!known.has(name) && !harmless.has(name))
          throw new ModelRefusal("unsupported_attribute", `attribute ${name}`);
    },
  };
}
