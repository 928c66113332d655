import type { Readable, Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import type { Config } from "../config.ts";
import { RetainWiseError } from "../errors.ts";
import { createInference, type Inference } from "../inference/client.ts";
import { anyBundle, mayScore } from "../model/admission.ts";
import { defaultModel } from "../model/default-model.ts";
import { readBundleFolder } from "../model/folder.ts";
import type { LoadOptions, ModelInfo } from "../model/load.ts";
import { openBundles } from "../model/open-bundles.ts";
import { readPinnedKeys } from "../model/pinned-keys.ts";
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
  readonly model: (wanted: string | null | WantedBundle) => Promise<{ inference: Inference; model: ModelInfo }>;
  stop(): Promise<void>;
}

export interface WantedBundle {
  /** A bundle's folder, or its files. */
  readonly bundle: string | ReadonlyMap<string, Uint8Array>;
  /** PEM public keys instead of the pinned ones. */
  readonly keys?: readonly string[];
}

export function createContext(config: Config, streams: Streams): CommandContext {
  let inference: Inference | null = null;
  return {
    ...streams,
    config,
    async model(wanted) {
      inference ??= createInference();
      const [{ files, admission }, pinnedKeys, wasm] = await Promise.all([
        typeof wanted === "object" && wanted !== null ? readBundle(wanted) : findBundle(config, wanted),
        typeof wanted === "object" && wanted?.keys !== undefined ? wanted.keys : readPinnedKeys(config.modelKeys),
        readOrtWasm(),
      ]);
      return { inference, model: await inference.load({ files, pinnedKeys, wasm, admission, purpose: "score" }) };
    },
    async stop() {
      await inference?.stop();
    },
  };
}

type Found = Pick<LoadOptions, "admission"> & { readonly files: ReadonlyMap<string, Uint8Array> };

async function readBundle({ bundle }: WantedBundle): Promise<Found> {
  return { files: typeof bundle === "string" ? await readBundleFolder(bundle) : bundle, admission: anyBundle };
}

/** The newest version of that name that may score. */
async function findBundle({ models, modelVersions: allowedVersions }: Config, name: string | null): Promise<Found> {
  const source = await openBundles(models);
  try {
    const places = (await source.list()).filter((place) => mayScore(place, allowedVersions));
    const wanted = name ?? defaultModel;
    const place = places.findLast((candidate) => candidate.name === wanted);
    if (place !== undefined)
      return { files: await source.read(place), admission: { place, allowedVersions, knownDigest: null } };
    const known = [...new Set(places.map((candidate) => candidate.name))].join(", ") || "none";
    throw new RetainWiseError("model_not_found", `There is no model named ${wanted}; there is ${known}.`);
  } finally {
    source.stop();
  }
}
