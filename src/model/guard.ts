/** Proves a graph safe before any runtime sees it: our own reader, a closed list of operators, trees that are trees. */
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { TreeEnsemble } from "../shap/ensemble.ts";
import { ensembleFromOnnx } from "../shap/from-onnx.ts";
import { parseOnnxModel } from "../shap/onnx.ts";
import { dataTypes, type OnnxModel, type OnnxNode, type OnnxValue } from "../shap/onnx-model.ts";
import { ModelRefusal } from "../shap/refusal.ts";
import { locateTrees, multipliesByOne } from "../shap/tree-location.ts";
import { type LoadReason, ModelLoadError } from "./load-error.ts";

/** What a tree model needs and nothing else: no Loop, Scan or If, no file, no code. */
const allowedOperators = new Map([
  ["ai.onnx.ml", ["TreeEnsembleClassifier", "TreeEnsembleRegressor"]],
  // What converters put around the trees without changing a score; `locateTrees` proves that they do not.
  ["", ["Cast", "Identity", "Mul"]],
]);
/** Attributes of those other than the trees'. */
const allowedAttributes = new Map([["Cast", ["to", "saturate"]]]);

/** The trees of a model that may be run; the graph's input and probability output are those that the schema names. */
export function guardGraph(bytes: Uint8Array, schema: Schema): TreeEnsemble {
  try {
    const model = parseOnnxModel(bytes, { maxBytes: limits.bundleBytes, maxNodes: limits.graphNodes });
    checkOperators(model);
    checkConstants(model);
    checkOrder(model);
    checkInput(model, schema);
    checkOutput(model, schema);
    return ensembleFromOnnx(model, { featureCount: schema.features.length });
  } catch (error) {
    if (error instanceof ModelRefusal) {
      throw new ModelLoadError(error.reason, `model.onnx: ${error.detail}`, error);
    }
    throw error;
  }
}

function checkOperators(model: OnnxModel): void {
  if (model.functions.length > 0) refuse("functions", "it defines functions of its own");
  if (model.hasTraining) refuse("training_info", "it carries training information");
  for (const { domain } of model.opsets) domainOf(domain);
  for (const node of model.graph.nodes) {
    const domain = domainOf(node.domain);
    if (node.attributes.some((attribute) => attribute.type === "GRAPH" || attribute.type === "GRAPHS"))
      refuse("subgraph", `${node.opType} holds a graph of its own`);
    if (!allowedOperators.get(domain)?.includes(node.opType) || node.overload !== "")
      refuse("operator_not_allowed", `operator ${domain}:${node.opType} is not allowed`);
    // What the trees' may be, their reader decides.
    const other = node.attributes.find(({ name }) => !allowedAttributes.get(node.opType)?.includes(name));
    if (domain === "" && other !== undefined)
      refuse("unsupported_attribute", `attribute ${other.name} of ${node.opType}`);
  }
}

/** ONNX's own domain may be written out. */
function domainOf(domain: string): string {
  const known = domain === "ai.onnx" ? "" : domain;
  if (!allowedOperators.has(known)) refuse("domain_not_allowed", `domain ${known} is not allowed`);
  return known;
}

/** The one constant that a converter needs is the factor of one; a product of others could grow without bound. */
function checkConstants({ graph }: OnnxModel): void {
  if (graph.sparseInitializers > 0) refuse("constant_not_allowed", "it has sparse constants");
  const names = new Set<string>();
  for (const constant of graph.initializers) {
    if (names.has(constant.name)) refuse("constant_not_allowed", `constant ${constant.name} is given twice`);
    names.add(constant.name);
    if (constant.dims.reduce((product, size) => product * size, 1) > 1)
      refuse("constant_too_large", `constant ${constant.name} is larger than one number`);
    if (constant.values === null) refuse("constant_not_allowed", `constant ${constant.name} is no number`);
  }
  const other = graph.nodes.find((node) => node.opType === "Mul" && !multipliesByOne(node, graph));
  if (other !== undefined) refuse("constant_not_allowed", `${other.outputs[0]} is multiplied by something but one`);
}

/** ONNX lists nodes in order: a value that is used before it is made is a cycle, or made by nobody. */
function checkOrder({ graph }: OnnxModel): void {
  const known = new Set([...graph.inputs, ...graph.initializers].map(({ name }) => name));
  for (const node of graph.nodes) {
    const early = node.inputs.find((name) => !known.has(name));
    if (early !== undefined) refuse("graph_cycle", `${describe(node)} uses ${early}, which is not made before it`);
    for (const name of node.outputs) known.add(name);
  }
}

const describe = (node: OnnxNode): string => `the node ${node.opType} that makes ${node.outputs.join(" and ")}`;

function checkInput({ graph }: OnnxModel, schema: Schema): void {
  const input = graph.inputs[0];
  const width = schema.features.length;
  if (graph.inputs.length !== 1 || input?.name !== schema.input)
    refuse("wrong_input", `its one input must be ${schema.input}`);
  for (const value of [input, ...graph.outputs, ...graph.valueInfos]) {
    const odd = value.type.shape?.find((size) => typeof size === "number" && (size < 0 || size > Math.max(width, 2)));
    if (value !== input && odd !== undefined) refuse("declared_shape", `${value.name} is declared ${odd} long`);
  }
  if (input.type.kind !== "tensor" || input.type.elementType !== dataTypes.float)
    refuse("wrong_input", `${schema.input} must be float [N, ${width}]`);
  if (!isTable(input, width)) refuse("wrong_width", `${schema.input} must be float [N, ${width}]`);
}

function checkOutput(model: OnnxModel, schema: Schema): void {
  const { scoresOutput, way } = locateTrees(model);
  if (way.zipped) refuse("wrong_output", "its probabilities are maps; export it with zipmap=False");
  if (scoresOutput !== schema.output)
    refuse("wrong_output", `the trees' scores are its output ${scoresOutput}, not ${schema.output}`);
  const output = model.graph.outputs.find((candidate) => candidate.name === schema.output);
  if (output === undefined) refuse("wrong_output", `it has no output ${schema.output}`);
  const { kind, elementType } = output.type;
  if (kind !== "tensor" || elementType !== dataTypes.float || !isTable(output, 2))
    refuse("wrong_output", `${schema.output} must be float [N, 2]`);
}

/** The row count must be open and the width `width` (or open, where the file leaves it so). */
function isTable({ type: { shape } }: OnnxValue, width: number): boolean {
  if (shape === null) return true;
  const [rows, columns] = shape;
  return shape.length === 2 && typeof rows !== "number" && (typeof columns !== "number" || columns === width);
}

function refuse(reason: LoadReason, why: string): never {
  throw new ModelLoadError(reason, `model.onnx: ${why}.`);
}
