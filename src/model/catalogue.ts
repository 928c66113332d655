/** Finds the bundles under a folder of models: `<name>/<version>/`. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { RetainWiseError } from "../errors.ts";

export interface BundlePlace {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** The model that is used when none is named. */
export const defaultModel = "telecom";

const versionPattern = /^\d+\.\d+\.\d+$/;

/** Every bundle, by name and then by version, the newest of a name last. */
export async function findBundles(models: string): Promise<BundlePlace[]> {
  const names = (await listFolders(models, "RETAINWISE_MODELS")).sort();
  const bundles = names.map(async (name) => {
    const versions = (await listFolders(join(models, name), name)).filter((version) => versionPattern.test(version));
    return versions.sort(compareVersions).map((version) => ({ name, version, folder: join(models, name, version) }));
  });
  return (await Promise.all(bundles)).flat();
}

/** PEM texts of the keys that may sign models. */
export async function readPinnedKeys(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new RetainWiseError("config_invalid", `RETAINWISE_MODEL_KEYS: the folder ${folder} cannot be read.`, {
      cause,
    });
  });
  const pems = names.filter((name) => name.endsWith(".pem")).sort();
  return Promise.all(pems.map((name) => readFile(join(folder, name), "utf8")));
}

function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return 0;
}

async function listFolders(folder: string, what: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (cause) {
    throw new RetainWiseError("config_invalid", `${what}: the folder ${folder} cannot be read.`, { cause });
  }
}
