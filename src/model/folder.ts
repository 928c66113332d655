/** Bundles in a folder: `<name>/<version>/`, each a flat folder of plain files. */
import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { type BundlePlace, type BundleSource, compareBundles, isBundleName } from "./bundle-source.ts";
import { ModelLoadError } from "./load-error.ts";

export function createFolderBundles(folder: string): BundleSource {
  return {
    async list() {
      const places: BundlePlace[] = [];
      for (const name of await listFolders(folder)) {
        for (const version of await listFolders(join(folder, name))) {
          if (!isBundleName({ name, version })) continue;
          places.push({ name, version, revision: await revisionOf(join(folder, name, version)) });
        }
      }
      return places.sort(compareBundles);
    },
    read: ({ name, version }) => readBundleFolder(join(folder, name, version)),
    stop: () => undefined,
  };
}

/** Reads one bundle's folder: plain files only, within the budget; nothing is interpreted. */
export async function readBundleFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new ModelLoadError("bundle_incomplete", `the folder ${folder} cannot be read.`, cause);
  });
  if (names.length > limits.bundleFiles) throw tooLarge(`${limits.bundleFiles} files`);
  let left = limits.bundleBytes;
  for (const name of names.sort()) {
    const bytes = await readPlainFile(join(folder, name), name, left);
    left -= bytes.byteLength;
    files.set(name, bytes);
  }
  return files;
}

/** The file is opened without following a link and looked at once open: nobody can put another in its place in between. */
async function readPlainFile(path: string, name: string, budget: number): Promise<Uint8Array> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((cause: unknown) => {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw missing
      ? new ModelLoadError("bundle_incomplete", `${name} went away while the bundle was read.`, cause)
      : new ModelLoadError("bundle_irregular", `${name} is not a plain file that can be read.`, cause);
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new ModelLoadError("bundle_irregular", `${name} is not a plain file; a bundle is flat.`);
    if (facts.size > budget) throw tooLarge(`${limits.bundleBytes} bytes`);
    const bytes = new Uint8Array(facts.size);
    let filled = 0;
    while (filled < bytes.byteLength) {
      const { bytesRead } = await file.read(bytes, filled, bytes.byteLength - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

function tooLarge(most: string): ModelLoadError {
  return new ModelLoadError("bundle_too_large", `the bundle has more than ${most}.`);
}

/** Names, sizes and times of change of all entries; null when one of them goes away meanwhile. */
async function revisionOf(folder: string): Promise<string | null> {
  try {
    const names = (await readdir(folder)).sort();
    if (names.length > limits.bundleFiles) return `${names.length} files`;
    const facts = await Promise.all(names.map((name) => lstat(join(folder, name), { bigint: true })));
    return facts.map((fact, i) => `${names[i]} ${fact.ino} ${fact.size} ${fact.mtimeNs} ${fact.ctimeNs}`).join("\n");
  } catch {
    return null;
  }
}

async function listFolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (cause) {
    throw new RetainWiseError("config_invalid", `RETAINWISE_MODELS: the folder ${folder} cannot be read.`, { cause });
  }
}
