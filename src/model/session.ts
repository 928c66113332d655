/**
 * An ONNX session on WebAssembly, one thread: the same bits on every runtime. `run` blocks the thread it is called on, so sessions live on
 * the inference thread.
 */
// In a Deno worker `location` exists without a value, and the runtime would take the thread for a web page's.
if ("Deno" in globalThis) Reflect.deleteProperty(globalThis, "location");
const ort = await import("onnxruntime-web/wasm");

export interface Session {
  /** P(churn) of each row, float32, `count` entries; `features` is row-major `count` × width, NaN = missing. */
  predict(features: Float32Array, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** Bytes of onnxruntime-web's `ort-wasm-simd-threaded.wasm`. */
  readonly wasm: Uint8Array;
  /** Graph input (float32 [N, width]) and probability output (float32 [N, 2], column 1 = churn). */
  readonly input: string;
  readonly output: string;
  readonly width: number;
}

export async function createSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  // More than one thread hangs on Bun, fails on Deno and Node, and sums in another order.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = options.wasm;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  return {
    async predict(features, count) {
      const input = new ort.Tensor("float32", features.subarray(0, count * options.width), [count, options.width]);
      const outputs = await session.run({ [options.input]: input }, [options.output]);
      const pairs = outputs[options.output]?.data;
      if (!(pairs instanceof Float32Array) || pairs.length !== 2 * count) {
        throw new TypeError(`${options.output} must be float32 [${count}, 2].`);
      }
      const churn = new Float32Array(count);
      for (let row = 0; row < count; row++) churn[row] = pairs[2 * row + 1]!;
      return churn;
    },
    release: () => session.release(),
  };
}
