import type { OnnxContext } from "./onnx-context.ts";
import type { OnnxType, OnnxValue } from "./onnx-model.ts";
import type { MessageReader } from "./protobuf.ts";

/** `ValueInfoProto`: an input, an output or an inner value with its type. */
export function readValue(reader: MessageReader, context: OnnxContext): OnnxValue {
  const once = context.once("ValueInfoProto");
  let name = "";
  let type: OnnxType = { kind: "unknown", elementType: 0, shape: null };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = once(field, reader.text());
    else if (field === 2) type = once(field, readType(reader.message(), context));
    else if (field === 3 || field === 4) reader.skip();
    else context.unknown("ValueInfoProto", field);
  }
  return { name, type };
}

/** Field numbers of the kinds of `TypeProto`. */
const kinds: ReadonlyMap<number, OnnxType["kind"]> = new Map([
  [1, "tensor"],
  [4, "sequence"],
  [5, "map"],
  [7, "opaque"],
  [8, "sparse_tensor"],
  [9, "optional"],
]);

/** `TypeProto`. What a sequence, map or optional holds is not read: its kind says enough. */
function readType(reader: MessageReader, context: OnnxContext): OnnxType {
  const once = context.once("TypeProto");
  let type: OnnxType = { kind: "unknown", elementType: 0, shape: null };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const kind = kinds.get(field);
    if (field === 6) reader.skip();
    else if (kind === undefined) context.unknown("TypeProto", field);
    // The kinds exclude each other, so all of them count as one field.
    else if (kind === "tensor" || kind === "sparse_tensor")
      type = once(1, readTensorType(reader.message(), context, kind));
    else {
      type = once(1, { kind, elementType: 0, shape: null });
      reader.skip();
    }
  }
  return type;
}

function readTensorType(reader: MessageReader, context: OnnxContext, kind: OnnxType["kind"]): OnnxType {
  const once = context.once("TypeProto.Tensor");
  let elementType = 0;
  let shape: (number | string | null)[] | null = null;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) elementType = once(field, reader.integer());
    else if (field === 2) shape = once(field, readShape(reader.message(), context));
    else context.unknown("TypeProto.Tensor", field);
  }
  return { kind, elementType, shape };
}

function readShape(reader: MessageReader, context: OnnxContext): (number | string | null)[] {
  const shape: (number | string | null)[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) shape.push(readDimension(reader.message(), context));
    else context.unknown("TensorShapeProto", field);
  }
  return shape;
}

function readDimension(reader: MessageReader, context: OnnxContext): number | string | null {
  const once = context.once("TensorShapeProto.Dimension");
  let size: number | string | null = null;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) size = once(1, reader.integer());
    else if (field === 2) size = once(1, reader.text());
    else if (field === 3) reader.skip();
    else context.unknown("TensorShapeProto.Dimension", field);
  }
  return size;
}
