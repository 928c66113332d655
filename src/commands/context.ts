import type { Readable, Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import type { Config } from "../config.ts";
import { RetainWiseError } from "../errors.ts";
import { createInference, type Inference } from "../inference/client.ts";
import { type BundlePlace, defaultModel, findBundles, readPinnedKeys } from "../model/catalogue.ts";
import { readBundleFolder } from "../model/folder.ts";
import type { ModelInfo } from "../model/load.ts";
import { readOrtWasm } from "../runtime/ort-wasm.ts";

interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Pick<WriteStream, "isTTY" | "write">;
}

/** What a command may use of its process. */
export interface CommandContext extends Streams {
  readonly config: Config;
  /** A model by name (the default one for null) or by folder, verified and loaded in the inference thread. */
  readonly model: (wanted: string | null | { folder: string }) => Promise<{ inference: Inference; model: ModelInfo }>;
  stop(): Promise<void>;
}

export function createContext(config: Config, streams: Streams): CommandContext {
  let inference: Inference | null = null;
  return {
    ...streams,
    config,
    async model(wanted) {
      const folder =
        typeof wanted === "object" && wanted !== null ? wanted.folder : (await findBundle(config, wanted)).folder;
      inference ??= createInference();
      const [files, pinnedKeys, wasm] = await Promise.all([
        readBundleFolder(folder),
        readPinnedKeys(config.modelKeys),
        readOrtWasm(),
      ]);
      return { inference, model: await inference.load({ files, pinnedKeys, wasm }) };
    },
    async stop() {
      await inference?.stop();
    },
  };
}

async function findBundle(config: Config, name: string | null): Promise<BundlePlace> {
  const bundles = await findBundles(config.models);
  const wanted = name ?? defaultModel;
  const found = bundles.findLast((bundle) => bundle.name === wanted);
  if (found !== undefined) return found;
  const known = [...new Set(bundles.map((bundle) => bundle.name))].join(", ") || "none";
  throw new RetainWiseError("model_not_found", `There is no model named ${wanted}; there is ${known}.`);
}
