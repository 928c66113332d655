import { dataTypes, type OnnxGraph, type OnnxModel, type OnnxNode } from "./onnx-model.ts";
import { ModelRefusal } from "./refusal.ts";

/** Where the trees stand in the graph. */
export interface TreeLocation {
  readonly node: OnnxNode;
  /** The graph's one input; `width` is null where the graph leaves it open, `elementType` is what the trees receive. */
  readonly input: { readonly name: string; readonly width: number | null; readonly elementType: number };
  /** The graph output that carries the trees' scores (probabilities of a classifier, the target of a regressor). */
  readonly scoresOutput: string;
  /** What lies between. */
  readonly way: ScoresWay;
}

/** A score s leaves the graph as s / `divisor`, or as exp(s / `divisor` + `shift`). */
export interface ScoresWay {
  /** The scores arrive as a sequence of maps (ZipMap) and not as a tensor. */
  readonly zipped: boolean;
  /** 1, or what LightGBM's forests are divided by. */
  readonly divisor: number;
  readonly shift: number;
  readonly exponential: boolean;
}

/** Finds the one tree node and proves that its input and its scores pass the rest of the graph as `ScoresWay` says. */
export function locateTrees(model: OnnxModel): TreeLocation {
  const { graph } = model;
  if (model.functions.length > 0) throw new ModelRefusal("graph_form", "the model defines functions");
  const producers = producersOf(graph);
  const trees = graph.nodes.filter((node) => treeOperators.has(node.opType) && node.domain === "ai.onnx.ml");
  const node = trees[0];
  if (node === undefined) throw new ModelRefusal("no_tree_ensemble", "the graph has no tree ensemble");
  if (trees.length > 1) throw new ModelRefusal("graph_form", `the graph has ${trees.length} tree ensembles`);
  checkVersion(model, node);
  const scores = node.outputs[node.opType === "TreeEnsembleClassifier" ? 1 : 0] ?? "";
  if (scores === "") throw new ModelRefusal("unsupported_output", "the tree ensemble's scores are left out");
  for (const output of graph.outputs) {
    const way = traceScores(output.name, scores, graph, producers);
    if (way !== null) return { node, input: traceInput(node, graph, producers), scoresOutput: output.name, way };
  }
  throw new ModelRefusal("unsupported_output", "no graph output carries the tree ensemble's scores in a known form");
}

const treeOperators = new Set(["TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble"]);

/** Version 5 replaces the two operators of 1 to 4 by a third. */
function checkVersion(model: OnnxModel, { opType }: OnnxNode): void {
  const versions = model.opsets.filter((opset) => opset.domain === "ai.onnx.ml").map((opset) => opset.version);
  const version = versions[0];
  const [from, to] = opType === "TreeEnsemble" ? [5, 5] : [1, 4];
  if (version === undefined || versions.some((other) => other !== version) || version < from || version > to)
    throw new ModelRefusal(
      "unsupported_version",
      `ai.onnx.ml ${versions.join(", ") || "is not named"}; ${opType} is that of ${from} to ${to}`,
    );
}

function producersOf(graph: OnnxGraph): Map<string, OnnxNode> {
  const producers = new Map<string, OnnxNode>();
  const given = new Set([...graph.inputs, ...graph.initializers].map((value) => value.name));
  for (const node of graph.nodes)
    for (const output of node.outputs) {
      if (output === "") continue;
      if (producers.has(output) || given.has(output))
        throw new ModelRefusal("graph_form", `the value ${output} is made twice`);
      producers.set(output, node);
    }
  return producers;
}

/** Follows the trees' input back through Identity and Cast to the one graph input. */
function traceInput(tree: OnnxNode, graph: OnnxGraph, producers: Map<string, OnnxNode>): TreeLocation["input"] {
  let name = tree.inputs[0] ?? "";
  let elementType = 0;
  for (let node = producers.get(name); node !== undefined; node = producers.get(name)) {
    const to = node.attributes.find((attribute) => attribute.name === "to")?.ints[0] ?? 0;
    const widens = node.opType === "Cast" && floating.has(to);
    if (node.domain !== "" || !(node.opType === "Identity" || widens))
      throw new ModelRefusal("graph_form", `the tree ensemble's input comes from ${node.opType}`);
    if (elementType === 0 && widens) elementType = to;
    // A float64 value cast to float32 on the way is the float32 row that the explainer reads.
    name = takeInput(producers, name, node);
  }
  const fixed = new Set(graph.initializers.map((tensor) => tensor.name));
  const free = graph.inputs.filter((input) => !fixed.has(input.name));
  const input = free.find((candidate) => candidate.name === name);
  if (input === undefined || free.length !== 1)
    throw new ModelRefusal("unsupported_input", "the tree ensemble does not read the graph's one input");
  const { kind, shape } = input.type;
  if (kind !== "tensor" || !floating.has(input.type.elementType))
    throw new ModelRefusal("unsupported_input", `input ${name} is not a tensor of float or double`);
  if (shape !== null && shape.length !== 2)
    throw new ModelRefusal("unsupported_input", `input ${name} is not rows of features`);
  const width = shape?.[1];
  const known = typeof width === "number" && width > 0;
  return { name, width: known ? width : null, elementType: elementType || input.type.elementType };
}

const floating = new Set<number>([dataTypes.float, dataTypes.double]);

/** Steps to the first input of a value's producer; the producer is used up, so a cycle ends. */
function takeInput(producers: Map<string, OnnxNode>, name: string, node: OnnxNode): string {
  producers.delete(name);
  return node.inputs[0] ?? "";
}

/** How `scores` becomes the value `name`; null where it does not, or in a way that is not known. */
function traceScores(name: string, scores: string, graph: OnnxGraph, all: Map<string, OnnxNode>): ScoresWay | null {
  const producers = new Map(all);
  const steps: OnnxNode[] = [];
  for (let value = name; value !== scores; ) {
    const node = producers.get(value);
    if (node === undefined) return null;
    steps.push(node);
    value = takeInput(producers, value, node);
  }
  const way = { zipped: false, divisor: 1, shift: 0, exponential: false };
  for (const node of steps.reverse()) {
    const factor = constantOf(node, graph);
    if (node.opType === "ZipMap" && node.domain === "ai.onnx.ml") way.zipped = true;
    else if (node.domain !== "") return null;
    // Objectives whose scores are logarithms: LightGBM's and XGBoost's poisson, gamma, tweedie.
    else if (node.opType === "Exp" && !way.exponential) way.exponential = true;
    else if (node.opType === "Mul" && factor !== null && way.exponential) way.shift += Math.log(factor);
    else if (node.opType === "Div" && factor !== null && !way.exponential && way.divisor === 1) way.divisor = factor;
    else if (node.opType !== "Identity" && !multipliesByOne(node, graph)) return null;
  }
  return way;
}

/** onnxmltools ends LightGBM classifiers with a multiplication by a constant of one. */
export function multipliesByOne(node: OnnxNode, graph: OnnxGraph): boolean {
  return node.domain === "" && node.opType === "Mul" && constantOf(node, graph) === 1;
}

/** The second input where that is one constant above zero. */
function constantOf(node: OnnxNode, graph: OnnxGraph): number | null {
  const tensor = graph.initializers.find((candidate) => candidate.name === node.inputs[1]);
  const shadowed = graph.inputs.some((input) => input.name === node.inputs[1]);
  if (tensor?.values?.length !== 1 || tensor.dims.length > 1 || shadowed) return null;
  const value = tensor.values[0]!;
  return value > 0 && value < Number.POSITIVE_INFINITY ? value : null;
}
