import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { createInference } from "../../src/inference/client.ts";
import { anyBundle } from "../../src/model/admission.ts";
import { readPinnedKeys } from "../../src/model/pinned-keys.ts";
import { readOrtWasm } from "../../src/runtime/ort-wasm.ts";
import { keysFolder, telecomFiles } from "../inference/telecom-model.ts";
import { repository } from "../parts.ts";

/** The inference thread with the shipped model, of this source tree or of another one. */
export async function startTarget(tree = repository) {
  const file = pathToFileURL(join(tree, "src/inference/client.ts")).href;
  const client = (await import(file)) as { createInference: typeof createInference };
  const inference = client.createInference();
  const [files, pinnedKeys, wasm] = await Promise.all([telecomFiles(), readPinnedKeys(keysFolder), readOrtWasm()]);
  const { digest } = await inference.load({ files, pinnedKeys, wasm, admission: anyBundle, purpose: "score" });
  return { inference, model: digest };
}
