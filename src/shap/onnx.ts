import { createOnnxContext, type OnnxContext, type OnnxReadOptions } from "./onnx-context.ts";
import { readGraph, readNode } from "./onnx-graph.ts";
import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxOpset } from "./onnx-model.ts";
import { createMessageReader, type MessageReader } from "./protobuf.ts";
import { ModelRefusal } from "./refusal.ts";

/**
 * Reads an ONNX file (`ModelProto` of onnx.proto3, IR version 1 to 13). Reads no byte outside `bytes` and makes no more than the
 * budgets of `options` allow, whatever the bytes are. Stricter than protobuf where readers could disagree: unknown fields and a
 * single field given twice are refused.
 *
 * @throws ModelRefusal with the reason; never anything else
 */
export function parseOnnxModel(bytes: Uint8Array, options: OnnxReadOptions = {}): OnnxModel {
  const context = createOnnxContext(options);
  if (bytes.byteLength > context.maxBytes)
    throw new ModelRefusal("too_large", `${bytes.byteLength} bytes; the budget is ${context.maxBytes}`);
  const reader = createMessageReader(bytes, context.budget);
  const once = context.once("ModelProto");
  const opsets: OnnxOpset[] = [];
  const functions: OnnxFunction[] = [];
  let graph: OnnxGraph | null = null;
  let irVersion = 0;
  let producerName = "";
  let hasTraining = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) irVersion = once(field, reader.integer());
    else if (field === 2) producerName = once(field, reader.text());
    else if (field === 7) graph = once(field, readGraph(reader.message(), context));
    else if (field === 8) opsets.push(readOpset(reader.message(), context));
    else if (field === 20) {
      hasTraining = true;
      reader.skip();
    } else if (field === 25) functions.push(readFunction(reader.message(), context));
    // producer_version, domain, model_version, doc_string, metadata_props: nothing that acts.
    else if ([3, 4, 5, 6, 14].includes(field)) reader.skip();
    else context.unknown("ModelProto", field);
  }
  if (irVersion < 1) throw new ModelRefusal("missing_field", "the file has no IR version: it is not an ONNX model");
  if (graph === null) throw new ModelRefusal("missing_field", "the file has no graph");
  if (opsets.length === 0) throw new ModelRefusal("missing_field", "the file names no operator set");
  return { irVersion, producerName, opsets, graph, functions, hasTraining };
}

function readOpset(reader: MessageReader, context: OnnxContext): OnnxOpset {
  const once = context.once("OperatorSetIdProto");
  let domain = "";
  let version = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) domain = once(field, reader.text());
    else if (field === 2) version = once(field, reader.integer());
    else context.unknown("OperatorSetIdProto", field);
  }
  return { domain, version };
}

function readFunction(reader: MessageReader, context: OnnxContext): OnnxFunction {
  const once = context.once("FunctionProto");
  const nodes: OnnxNode[] = [];
  let domain = "";
  let name = "";
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = once(field, reader.text());
    else if (field === 7) nodes.push(readNode(reader.message(), context, 0));
    else if (field === 10) domain = once(field, reader.text());
    // inputs, outputs, attributes, doc_string, opsets, attribute defaults, value infos, overload, metadata_props.
    else if ([4, 5, 6, 8, 9, 11, 12, 13, 14].includes(field)) reader.skip();
    else context.unknown("FunctionProto", field);
  }
  return { domain, name, nodes };
}
