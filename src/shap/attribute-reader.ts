import { dataTypes, type OnnxAttribute, type OnnxNode, type OnnxTensor } from "./onnx-model.ts";
import { ModelRefusal } from "./refusal.ts";

/** Reads a node's attributes by name and type, and remembers which were read. What is left out is empty, or the default. */
export interface AttributeReader {
  text(name: string, otherwise: string): string;
  texts(name: string): readonly string[];
  int(name: string, otherwise: number): number;
  ints(name: string): readonly number[];
  /** FLOATS, or the tensor of the same name and `_as_tensor`. */
  numbers(name: string): ArrayLike<number>;
  /** A tensor of the input's number type. */
  tensor(name: string): ArrayLike<number>;
  bytes(name: string): ArrayLike<number>;
  /** Refuses what was not read. */
  refuseOthers(): void;
}

/** @param inputType `TensorProto.DataType` of what the node reads: tensors of numbers must have it, as onnxruntime wants it */
export function createAttributeReader(node: OnnxNode, inputType: number): AttributeReader {
  const byName = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
  const known = new Set<string>();
  const take = (name: string, ...types: OnnxAttribute["type"][]): OnnxAttribute | undefined => {
    known.add(name);
    const attribute = byName.get(name);
    if (attribute !== undefined && (!types.includes(attribute.type) || attribute.refAttrName !== ""))
      throw new ModelRefusal("attribute_type", `attribute ${name} has type ${attribute.type}`);
    return attribute;
  };
  const values = (name: string, dataType: number): ArrayLike<number> => {
    const attribute = take(name, "TENSOR");
    if (attribute === undefined) return [];
    const tensor: OnnxTensor | undefined = attribute.tensors[0];
    if (attribute.tensors.length !== 1 || !tensor?.values || tensor.dataType !== dataType || tensor.dims.length !== 1)
      throw new ModelRefusal("unsupported_attribute", `${name} is not a list of numbers of type ${dataType}`);
    return tensor.values;
  };
  const reader: AttributeReader = {
    text: (name, otherwise) => take(name, "STRING")?.strings[0] ?? otherwise,
    texts: (name) => take(name, "STRINGS")?.strings ?? [],
    int: (name, otherwise) => take(name, "INT")?.ints[0] ?? otherwise,
    ints: (name) => take(name, "INTS")?.ints ?? [],
    numbers(name) {
      const floats = take(name, "FLOATS")?.floats ?? [];
      const tensor = reader.tensor(`${name}_as_tensor`);
      if (floats.length > 0 && tensor.length > 0)
        throw new ModelRefusal("unsupported_attribute", `${name} is given as floats and as a tensor`);
      return tensor.length > 0 ? tensor : floats;
    },
    tensor: (name) => values(name, inputType),
    bytes: (name) => values(name, dataTypes.uint8),
    refuseOthers() {
      for (const name of byName.keys())
        if (!known.has(name)) throw new ModelRefusal("unsupported_attribute", `attribute ${name}`);
    },
  };
  return reader;
}

/** Lists of one length, which onnxruntime pairs by index. */
export function sameLengths(lists: Record<string, ArrayLike<unknown>>, length: number): void {
  for (const [name, list] of Object.entries(lists))
    if (list.length !== length)
      throw new ModelRefusal("attribute_lengths", `${name} has ${list.length} entries where others have ${length}`);
}
