/** The models of the zoo and what the reference implementations say of them: see make.py for the files. */
import { readFileSync } from "node:fs";

export interface ZooKind {
  readonly library: string;
  /** What the converter says where it refuses the model. */
  readonly refused_by_converter?: string;
  /** Largest difference between onnxruntime's scores of the file and the library's own of the model. */
  readonly library_difference: number;
  readonly double: boolean;
  readonly features: number;
  readonly rows: number;
  readonly background: number;
  readonly columns: number;
  readonly outputs: number;
  /** Of the raw score over the inputs. */
  readonly range: number;
  /** Whether there are reference values. */
  readonly shap: boolean;
  readonly covers?: "nodes_hitrates" | "training";
  readonly training?: number;
  readonly reference?: Readonly<Record<string, string>>;
}

export interface ZooModel {
  readonly bytes: Uint8Array;
  readonly background: Float32Array;
  readonly inputs: Float32Array;
  /** Rows to count covers from, where the file's nodes have none that are real. */
  readonly training: Float32Array | null;
  /** Row-major, rows x columns: onnxruntime's. */
  readonly scores: Float32Array;
  readonly interventional: ZooReference;
  readonly pathDependent: ZooReference;
}

export interface ZooReference {
  readonly expectedValues: Float32Array;
  /** One row-major table for each output. */
  readonly shapValues: readonly Float32Array[];
}

const folder = new URL("fixtures/", import.meta.url);

export const zoo = JSON.parse(readFileSync(new URL("zoo.json", folder), "utf8")) as {
  readonly versions: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, ZooKind>>;
};

export const zooBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder)));

export function loadZooModel(name: string): ZooModel {
  const kind = zoo.kinds[name];
  if (kind?.shap !== true) throw new Error(`the zoo has no reference values for ${name}`);
  const { features, rows, outputs } = kind;
  const file = readFileSync(new URL(`${name}.bin`, folder));
  const numbers = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  let at = 0;
  const take = (count: number): Float32Array => {
    at += count;
    return numbers.subarray(at - count, at);
  };
  const reference = (): ZooReference => ({
    expectedValues: take(outputs),
    shapValues: Array.from({ length: outputs }, () => take(rows * features)),
  });
  const model = {
    bytes: zooBytes(name),
    background: take(kind.background * features),
    inputs: take(rows * features),
    training: kind.training === undefined ? null : take(kind.training * features),
    scores: take(rows * kind.columns),
    interventional: reference(),
    pathDependent: reference(),
  };
  if (at !== numbers.length) throw new Error(`${name}.bin has ${numbers.length} numbers, not ${at}`);
  return model;
}
