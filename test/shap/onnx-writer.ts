/** Writes small ONNX files for tests: just enough protobuf, and the tree nodes of ai.onnx.ml 1 to 5. */
export type Attribute =
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly int: number }
  | { readonly string: string }
  /** Tensors of one dimension. */
  | { readonly doubles: readonly number[] }
  | { readonly singles: readonly number[] }
  | { readonly bytes: readonly number[] };

export interface ModelText {
  readonly operator?: string;
  readonly domain?: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly width: number;
  /** Element type of the input: 1 float, 11 double. The scores of TreeEnsemble have the same, all others are float. */
  readonly inputType?: number;
  readonly mlVersion?: number;
  /** Operators that the scores pass, each with one constant where it has one. */
  readonly after?: readonly (readonly [operator: string, constant?: number])[];
  /** Bytes of further fields of the graph. */
  readonly graphExtra?: Uint8Array;
}

export function writeOnnx(text: ModelText): Uint8Array {
  const operator = text.operator ?? "TreeEnsembleClassifier";
  const domain = text.domain ?? "ai.onnx.ml";
  const outputs = operator === "TreeEnsembleClassifier" ? ["label", "scores"] : ["scores"];
  const labels = "classlabels_strings" in text.attributes ? 8 : 7;
  const scores = operator === "TreeEnsemble" ? (text.inputType ?? 1) : 1;
  const after = text.after ?? [];
  const step = (i: number) => (i === after.length ? "scores" : `step ${i}`);
  const node = join(
    bytes(1, "X"),
    ...outputs.map((name) => bytes(2, name === "scores" ? step(0) : name)),
    bytes(4, operator),
    ...Object.entries(text.attributes).map(([name, value]) => bytes(5, writeAttribute(name, value))),
    bytes(7, domain),
  );
  const graph = join(
    bytes(1, node),
    ...after.map(([opType, constant], i) =>
      bytes(
        1,
        join(
          bytes(1, step(i)),
          ...(constant === undefined ? [] : [bytes(1, `constant ${i}`)]),
          bytes(2, step(i + 1)),
          bytes(4, opType),
        ),
      ),
    ),
    bytes(2, "trees"),
    ...after.flatMap(([, constant], i) =>
      constant === undefined
        ? []
        : [
            bytes(
              5,
              join(
                integer(2, 1),
                bytes(8, `constant ${i}`),
                bytes(9, new Uint8Array(Float32Array.of(constant).buffer)),
              ),
            ),
          ],
    ),
    bytes(11, writeValue("X", text.inputType ?? 1, [null, text.width])),
    ...outputs.map((name) => bytes(12, writeValue(name, name === "label" ? labels : scores, null))),
    text.graphExtra ?? new Uint8Array(0),
  );
  return join(
    integer(1, 8),
    bytes(7, graph),
    bytes(8, integer(2, 15)),
    bytes(8, join(bytes(1, domain), integer(2, text.mlVersion ?? 3))),
  );
}

function writeAttribute(name: string, value: Attribute): Uint8Array {
  const named = bytes(1, name);
  if ("ints" in value) return join(named, ...value.ints.map((v) => integer(8, v)), integer(20, 7));
  if ("floats" in value) return join(named, ...value.floats.map((v) => float(7, v)), integer(20, 6));
  if ("strings" in value) return join(named, ...value.strings.map((v) => bytes(9, v)), integer(20, 8));
  if ("int" in value) return join(named, integer(3, value.int), integer(20, 2));
  if ("string" in value) return join(named, bytes(4, value.string), integer(20, 3));
  if ("doubles" in value) return join(named, tensor(name, 11, Float64Array.from(value.doubles)));
  if ("singles" in value) return join(named, tensor(name, 1, Float32Array.from(value.singles)));
  return join(named, tensor(name, 2, Uint8Array.from(value.bytes)));
}

function tensor(name: string, type: number, values: Float64Array | Float32Array | Uint8Array): Uint8Array {
  const raw = new Uint8Array(values.buffer);
  return join(
    bytes(5, join(integer(1, values.length), integer(2, type), bytes(8, name), bytes(9, raw))),
    integer(20, 4),
  );
}

function writeValue(name: string, type: number, shape: readonly (number | null)[] | null): Uint8Array {
  const dims = (shape ?? []).map((size) => bytes(1, size === null ? new Uint8Array(0) : integer(1, size)));
  const tensor = join(integer(1, type), ...(shape === null ? [] : [bytes(2, join(...dims))]));
  return join(bytes(1, name), bytes(2, bytes(1, tensor)));
}

export function integer(field: number, value: number): Uint8Array {
  return join(varint(BigInt(field * 8)), varint(BigInt.asUintN(64, BigInt(value))));
}

export function bytes(field: number, content: Uint8Array | string): Uint8Array {
  const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return join(varint(BigInt(field * 8 + 2)), varint(BigInt(data.length)), data);
}

function float(field: number, value: number): Uint8Array {
  return join(varint(BigInt(field * 8 + 5)), new Uint8Array(Float32Array.of(value).buffer));
}

export function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  return Uint8Array.from(out);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
