import { join } from "node:path";
import { anyBundle } from "../../src/model/admission.ts";
import { readBundleFolder } from "../../src/model/folder.ts";
import { loadModel } from "../../src/model/load.ts";
import { readPinnedKeys } from "../../src/model/pinned-keys.ts";
import { readOrtWasm } from "../../src/runtime/ort-wasm.ts";
import { repository } from "../parts.ts";

export const telecomFolder = join(repository, "models/telecom/1.1.0");
export const keysFolder = join(repository, "models/keys");

/** The shipped bundle's files, a map of one's own to spoil. */
export const telecomFiles = () => readBundleFolder(telecomFolder);

export async function loadTelecom() {
  return loadModel(await telecomFiles(), {
    pinnedKeys: await readPinnedKeys(keysFolder),
    wasm: await readOrtWasm(),
    admission: anyBundle,
  });
}
