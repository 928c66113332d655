import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Bytes of onnxruntime-web's WebAssembly module, which every runtime is handed explicitly: no runtime finds it by itself. */
export async function readOrtWasm(): Promise<Uint8Array> {
  return new Uint8Array(
    await readFile(fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"))),
  );
}
