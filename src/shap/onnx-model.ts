/** The facts of an ONNX file, as read: names and numbers, nothing interpreted. Field names follow onnx.proto. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName: string;
  /** Operator set versions; the empty domain is ONNX's own. */
  readonly opsets: readonly OnnxOpset[];
  readonly graph: OnnxGraph;
  /** Functions that the model defines for itself. */
  readonly functions: readonly OnnxFunction[];
  /** Whether the file carries training information (algorithms that change the weights). */
  readonly hasTraining: boolean;
}

export interface OnnxOpset {
  readonly domain: string;
  readonly version: number;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly sparseInitializers: number;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly valueInfos: readonly OnnxValue[];
}

export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
}

export interface OnnxNode {
  readonly name: string;
  readonly domain: string;
  readonly opType: string;
  readonly overload: string;
  /** Value names; an empty one is an input or output left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
}

/** Kinds of attributes by their number in `AttributeProto.AttributeType`. */
export const attributeTypes = [
  "UNDEFINED",
  "FLOAT",
  "INT",
  "STRING",
  "TENSOR",
  "GRAPH",
  "FLOATS",
  "INTS",
  "STRINGS",
  "TENSORS",
  "GRAPHS",
  "SPARSE_TENSOR",
  "SPARSE_TENSORS",
  "TYPE_PROTO",
  "TYPE_PROTOS",
] as const;
export type OnnxAttributeType = (typeof attributeTypes)[number];

/** One attribute; only the lists of its own type are filled, a single value being a list of one. */
export interface OnnxAttribute {
  readonly name: string;
  readonly type: OnnxAttributeType;
  /** FLOAT and FLOATS. */
  readonly floats: readonly number[];
  /** INT and INTS. */
  readonly ints: readonly number[];
  /** STRING and STRINGS. */
  readonly strings: readonly string[];
  /** TENSOR and TENSORS. */
  readonly tensors: readonly OnnxTensor[];
  /** GRAPH and GRAPHS: the bodies of If, Loop, Scan. */
  readonly graphs: readonly OnnxGraph[];
  /** Set in functions only: the value is that of the caller's attribute. */
  readonly refAttrName: string;
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** `TensorProto.DataType`: 1 float, 2 uint8, 6 int32, 7 int64, 8 string, 11 double. */
  readonly dataType: number;
  /** The data lies in another file: refused unless the caller asks for it to be reported. */
  readonly external: boolean;
  /** The numbers of a float, double, uint8, int32 or int64 tensor in row-major order; null for other types and external data. */
  readonly values: Float64Array | null;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
}

export interface OnnxType {
  readonly kind: "tensor" | "sparse_tensor" | "sequence" | "map" | "optional" | "opaque" | "unknown";
  /** `TensorProto.DataType` of a tensor's elements, 0 where unknown. */
  readonly elementType: number;
  /** Sizes of a tensor: a number, a name for one that may vary, or null; the whole is null where the rank is unknown. */
  readonly shape: readonly (number | string | null)[] | null;
}

export const dataTypes = { float: 1, uint8: 2, int32: 6, int64: 7, string: 8, double: 11 } as const;
