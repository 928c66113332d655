import { readAttribute } from "./onnx-attribute.ts";
import type { OnnxContext } from "./onnx-context.ts";
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from "./onnx-model.ts";
import { readTensor } from "./onnx-tensor.ts";
import { readValue } from "./onnx-value.ts";
import type { MessageReader } from "./protobuf.ts";
import { ModelRefusal } from "./refusal.ts";

/** `GraphProto`; `depth` counts the graphs around it. */
export function readGraph(reader: MessageReader, context: OnnxContext, depth = 0): OnnxGraph {
  context.enter(depth);
  const once = context.once("GraphProto");
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const valueInfos: OnnxValue[] = [];
  let sparseInitializers = 0;
  let name = "";
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) nodes.push(readNode(reader.message(), context, depth));
    else if (field === 2) name = once(field, reader.text());
    else if (field === 5) initializers.push(readTensor(reader.message(), context));
    else if (field === 11) inputs.push(readValue(reader.message(), context));
    else if (field === 12) outputs.push(readValue(reader.message(), context));
    else if (field === 13) valueInfos.push(readValue(reader.message(), context));
    else if (field === 15) {
      sparseInitializers += 1;
      reader.skip();
    }
    // doc_string, quantization_annotation, metadata_props.
    else if (field === 10 || field === 14 || field === 16) reader.skip();
    else context.unknown("GraphProto", field);
  }
  return { name, nodes, initializers, sparseInitializers, inputs, outputs, valueInfos };
}

/** `NodeProto`. */
export function readNode(reader: MessageReader, context: OnnxContext, depth: number): OnnxNode {
  context.countNode();
  const once = context.once("NodeProto");
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: OnnxAttribute[] = [];
  const names = new Set<string>();
  let name = "";
  let opType = "";
  let domain = "";
  let overload = "";
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) inputs.push(reader.text());
    else if (field === 2) outputs.push(reader.text());
    else if (field === 3) name = once(field, reader.text());
    else if (field === 4) opType = once(field, reader.text());
    else if (field === 5) {
      const attribute = readAttribute(reader.message(), context, (body) => readGraph(body, context, depth + 1));
      if (names.has(attribute.name))
        throw new ModelRefusal("repeated_field", `attribute ${attribute.name} is given twice`);
      names.add(attribute.name);
      attributes.push(attribute);
    } else if (field === 7) domain = once(field, reader.text());
    else if (field === 8) overload = once(field, reader.text());
    // doc_string, metadata_props, device_configurations.
    else if (field === 6 || field === 9 || field === 10) reader.skip();
    else context.unknown("NodeProto", field);
  }
  if (opType === "") throw new ModelRefusal("missing_field", "a node has no operator");
  return { name, domain, opType, overload, inputs, outputs, attributes };
}
