import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { RetainWiseError } from "../errors.ts";

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
