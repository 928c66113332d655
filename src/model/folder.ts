import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { limits } from "../limits.ts";
import { ModelLoadError } from "./load-error.ts";

/** Reads a bundle's folder: plain files only, within the budget; nothing is interpreted. */
export async function readBundleFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for (const name of (await list(folder)).sort()) {
    const path = join(folder, name);
    const facts = await lstat(path);
    if (!facts.isFile())
      throw new ModelLoadError("bundle_incomplete", `${name} is not a plain file; a bundle is flat.`);
    total += facts.size;
    if (total > limits.bundleBytes) {
      throw new ModelLoadError("bundle_too_large", `the bundle has more than ${limits.bundleBytes} bytes.`);
    }
    files.set(name, new Uint8Array(await readFile(path)));
  }
  return files;
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new ModelLoadError("bundle_incomplete", `the folder ${folder} cannot be read.`, cause);
  }
}
