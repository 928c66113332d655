import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isCompiled, programFolder } from "./program-folder.ts";

const name = "ort-wasm-simd-threaded.wasm";

/** Bytes of onnxruntime-web's WebAssembly module, which every runtime is handed explicitly: no runtime finds it by itself. */
export async function readOrtWasm(): Promise<Uint8Array> {
  const path = isCompiled ? join(programFolder, name) : fileURLToPath(import.meta.resolve(`onnxruntime-web/${name}`));
  return new Uint8Array(await readFile(path));
}
