import type { OnnxContext } from "./onnx-context.ts";
import {
  attributeTypes,
  type OnnxAttribute,
  type OnnxAttributeType,
  type OnnxGraph,
  type OnnxTensor,
} from "./onnx-model.ts";
import { readTensor } from "./onnx-tensor.ts";
import type { MessageReader } from "./protobuf.ts";
import { ModelRefusal } from "./refusal.ts";

/** `AttributeProto`: its type must be declared, and it may hold content of that type only. */
export function readAttribute(
  reader: MessageReader,
  context: OnnxContext,
  readBody: (body: MessageReader) => OnnxGraph,
): OnnxAttribute {
  const once = context.once("AttributeProto");
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  const tensors: OnnxTensor[] = [];
  const graphs: OnnxGraph[] = [];
  const holds = new Set<OnnxAttributeType>();
  let name = "";
  let type: OnnxAttributeType = "UNDEFINED";
  let refAttrName = "";
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const content = contentFields.get(field);
    if (content !== undefined) {
      if (!content.endsWith("S")) once(field, true);
      holds.add(content);
    }
    if (field === 1) name = once(field, reader.text());
    else if (field === 2) floats.push(reader.float());
    else if (field === 3) ints.push(reader.integer());
    else if (field === 4) strings.push(reader.text());
    else if (field === 5) tensors.push(readTensor(reader.message(), context));
    else if (field === 6) graphs.push(readBody(reader.message()));
    else if (field === 7) reader.floats(floats);
    else if (field === 8) reader.integers(ints);
    else if (field === 9) strings.push(reader.text());
    else if (field === 10) tensors.push(readTensor(reader.message(), context));
    else if (field === 11) graphs.push(readBody(reader.message()));
    else if (field === 20) type = declaredType(once(field, reader.integer()));
    else if (field === 21) refAttrName = once(field, reader.text());
    // doc_string; types and sparse tensors are known by the attribute's type alone.
    else if (field === 13 || content !== undefined) reader.skip();
    else context.unknown("AttributeProto", field);
  }
  if (name === "") throw new ModelRefusal("missing_field", "an attribute has no name");
  for (const held of holds)
    if (held !== type)
      throw new ModelRefusal("attribute_type", `attribute ${name} is declared ${type} and holds ${held}`);
  if (type === "UNDEFINED") throw new ModelRefusal("attribute_type", `attribute ${name} declares no type`);
  // proto3 leaves out a single number or text that is zero or empty.
  if (holds.size === 0 && refAttrName === "") {
    if (type === "FLOAT") floats.push(0);
    else if (type === "INT") ints.push(0);
    else if (type === "STRING") strings.push("");
    else if (!type.endsWith("S")) throw new ModelRefusal("missing_field", `attribute ${name} holds nothing`);
  }
  return { name, type, floats, ints, strings, tensors, graphs, refAttrName };
}

/** Which type of attribute a field of `AttributeProto` is the content of. */
const contentFields: ReadonlyMap<number, OnnxAttributeType> = new Map([
  [2, "FLOAT"],
  [3, "INT"],
  [4, "STRING"],
  [5, "TENSOR"],
  [6, "GRAPH"],
  [7, "FLOATS"],
  [8, "INTS"],
  [9, "STRINGS"],
  [10, "TENSORS"],
  [11, "GRAPHS"],
  [14, "TYPE_PROTO"],
  [15, "TYPE_PROTOS"],
  [22, "SPARSE_TENSOR"],
  [23, "SPARSE_TENSORS"],
]);

function declaredType(number: number): OnnxAttributeType {
  const type = attributeTypes[number];
  if (type === undefined) throw new ModelRefusal("attribute_type", `attribute type ${number}`);
  return type;
}
