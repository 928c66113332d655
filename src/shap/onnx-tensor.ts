import type { OnnxContext } from "./onnx-context.ts";
import { dataTypes, type OnnxTensor } from "./onnx-model.ts";
import type { MessageReader } from "./protobuf.ts";
import { ModelRefusal } from "./refusal.ts";

/** `TensorProto`. Values are read for float, double, uint8, int32 and int64, and must be as many as the shape says. */
export function readTensor(reader: MessageReader, context: OnnxContext): OnnxTensor {
  const once = context.once("TensorProto");
  const dims: number[] = [];
  /** The numbers of float_data, int32_data, int64_data, double_data by field number. */
  const typed = new Map<number, number[]>();
  let raw: Uint8Array | null = null;
  let dataType = 0;
  let name = "";
  let external = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) reader.integers(dims);
    else if (field === 2) dataType = once(field, reader.integer());
    else if (field === 4) reader.floats(listOf(typed, field));
    else if (field === 5 || field === 7) reader.integers(listOf(typed, field));
    else if (field === 8) name = once(field, reader.text());
    else if (field === 9) raw = once(field, reader.raw());
    else if (field === 10) reader.doubles(listOf(typed, field));
    else if (field === 13) {
      external = true;
      reader.skip();
    } else if (field === 14) external = once(field, reader.integer()) !== 0 || external;
    else if (field === 3) throw new ModelRefusal("unsupported_attribute", `tensor ${name} is stored in segments`);
    // string_data, uint64_data, doc_string, metadata_props.
    else if (field === 6 || field === 11 || field === 12 || field === 16) reader.skip();
    else context.unknown("TensorProto", field);
  }
  if (external && !context.reportExternal)
    throw new ModelRefusal("external_data", `the data of tensor ${name || "without a name"} lies in another file`);
  const size = elementCount(dims, name);
  const values = external ? null : tensorValues(dataType, raw, typed, size, name, context);
  return { name, dims, dataType, external, values };
}

function listOf(typed: Map<number, number[]>, field: number): number[] {
  const list = typed.get(field) ?? [];
  typed.set(field, list);
  return list;
}

function elementCount(dims: readonly number[], name: string): number {
  let size = 1;
  for (const dim of dims) {
    if (dim < 0) throw new ModelRefusal("tensor_data", `tensor ${name} has a negative size`);
    size *= dim;
  }
  if (!Number.isSafeInteger(size)) throw new ModelRefusal("tensor_data", `tensor ${name} is too large to count`);
  return size;
}

/** Field of `TensorProto` that holds a data type's numbers, and bytes of one number in raw_data. */
const storage: ReadonlyMap<number, { field: number; width: number }> = new Map([
  [dataTypes.float, { field: 4, width: 4 }],
  [dataTypes.uint8, { field: 5, width: 1 }],
  [dataTypes.int32, { field: 5, width: 4 }],
  [dataTypes.int64, { field: 7, width: 8 }],
  [dataTypes.double, { field: 10, width: 8 }],
]);

function tensorValues(
  dataType: number,
  raw: Uint8Array | null,
  typed: ReadonlyMap<number, readonly number[]>,
  size: number,
  name: string,
  context: OnnxContext,
): Float64Array | null {
  const kind = storage.get(dataType);
  if (kind === undefined) return null;
  for (const field of typed.keys())
    if (field !== kind.field)
      throw new ModelRefusal("tensor_data", `tensor ${name} of type ${dataType} holds field ${field}`);
  const numbers = typed.get(kind.field);
  if (raw === null) {
    if ((numbers?.length ?? 0) !== size)
      throw new ModelRefusal("tensor_data", `tensor ${name} is not as large as its shape`);
    return Float64Array.from(numbers ?? []);
  }
  if (numbers !== undefined) throw new ModelRefusal("tensor_data", `tensor ${name} holds its data twice`);
  if (raw.byteLength !== size * kind.width)
    throw new ModelRefusal("tensor_data", `tensor ${name} is not as large as its shape`);
  context.budget.values -= size;
  if (context.budget.values < 0)
    throw new ModelRefusal("too_many_values", "the file holds more values than the budget");
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values = new Float64Array(size);
  for (let i = 0; i < size; i++) values[i] = readNumber(view, i * kind.width, dataType);
  return values;
}

function readNumber(view: DataView, at: number, dataType: number): number {
  if (dataType === dataTypes.float) return view.getFloat32(at, true);
  if (dataType === dataTypes.double) return view.getFloat64(at, true);
  if (dataType === dataTypes.uint8) return view.getUint8(at);
  if (dataType === dataTypes.int32) return view.getInt32(at, true);
  const value = view.getInt32(at + 4, true) * 4294967296 + view.getUint32(at, true);
  if (!Number.isSafeInteger(value)) throw new ModelRefusal("varint", "an integer of a tensor is beyond 2^53");
  return value;
}
