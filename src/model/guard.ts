/** Proves a graph safe before any runtime sees it: our own reader, a closed list of operators, trees that are trees. */
import type { Schema } from "../features/schema.ts";
import type { TreeEnsemble } from "../shap/ensemble.ts";
import { ensembleFromOnnx } from "../shap/from-onnx.ts";
import { parseOnnxModel } from "../shap/onnx.ts";
import { dataTypes, type OnnxModel, type OnnxValue } from "../shap/onnx-model.ts";
import { ModelRefusal } from "../shap/refusal.ts";
import { locateTrees } from "../shap/tree-location.ts";
import { ModelLoadError } from "./load-error.ts";

/** What a tree model needs and nothing else: no Loop, Scan or If, no file, no code. */
const allowedOperators = new Map([
  ["ai.onnx.ml", ["TreeEnsembleClassifier", "TreeEnsembleRegressor"]],
  // What converters put around the trees without changing a score; `locateTrees` proves that they do not.
  ["", ["Cast", "Identity", "Mul"]],
]);

/** The trees of a model that may be run; the graph's input and probability output are those that the schema names. */
export function guardGraph(bytes: Uint8Array, schema: Schema): TreeEnsemble {
  try {
    const model = parseOnnxModel(bytes);
    checkOperators(model);
    checkInput(model, schema);
    checkOutput(model, schema);
    return ensembleFromOnnx(model, { featureCount: schema.features.length });
  } catch (error) {
    if (error instanceof ModelRefusal) throw new ModelLoadError("graph_refused", `model.onnx: ${error.detail}`, error);
    throw error;
  }
}

function checkOperators(model: OnnxModel): void {
  if (model.functions.length > 0) refuse("it defines functions of its own");
  if (model.hasTraining) refuse("it carries training information");
  if (model.graph.sparseInitializers > 0) refuse("it has sparse initializers");
  for (const node of model.graph.nodes) {
    // ONNX's own domain may be written out.
    const domain = node.domain === "ai.onnx" ? "" : node.domain;
    if (!allowedOperators.get(domain)?.includes(node.opType))
      refuse(`operator ${domain}:${node.opType} is not allowed`);
    if (node.attributes.some((attribute) => attribute.graphs.length > 0))
      refuse(`${node.opType} holds a graph of its own`);
  }
}

function checkInput(model: OnnxModel, schema: Schema): void {
  const { inputs } = model.graph;
  if (inputs.length !== 1 || inputs[0]!.name !== schema.input) refuse(`its one input must be ${schema.input}`);
  if (!isFloatTable(inputs[0]!, schema.features.length))
    refuse(`${schema.input} must be float [N, ${schema.features.length}]`);
}

function checkOutput(model: OnnxModel, schema: Schema): void {
  const { scoresOutput, zipped } = locateTrees(model);
  if (zipped) refuse("its probabilities are maps; export it with zipmap=False");
  if (scoresOutput !== schema.output) refuse(`the trees' scores are its output ${scoresOutput}, not ${schema.output}`);
  const output = model.graph.outputs.find((candidate) => candidate.name === schema.output);
  if (output === undefined) refuse(`it has no output ${schema.output}`);
  else if (!isFloatTable(output, 2)) refuse(`${schema.output} must be float [N, 2]`);
}

/** The row count must be open and the width `width` (or open, where the file leaves it so). */
function isFloatTable({ type }: OnnxValue, width: number): boolean {
  if (type.kind !== "tensor" || type.elementType !== dataTypes.float) return false;
  if (type.shape === null) return true;
  const [rows, columns] = type.shape;
  return type.shape.length === 2 && typeof rows !== "number" && (typeof columns !== "number" || columns === width);
}

function refuse(why: string): never {
  throw new ModelLoadError("graph_refused", `model.onnx: ${why}.`);
}
