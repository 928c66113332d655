/** Models as a running service holds them: found, verified, loaded in the inference thread, and looked for again now and then. */
import type { Config } from "./config.ts";
import type { Inference } from "./inference/client.ts";
import { createLoadedModels, type LoadedModels, type ModelMeasures } from "./inference/loaded-models.ts";
import { watchModels } from "./inference/watch-models.ts";
import { limits } from "./limits.ts";
import { openBundles } from "./model/open-bundles.ts";
import { readPinnedKeys } from "./model/pinned-keys.ts";
import { readOrtWasm } from "./runtime/ort-wasm.ts";
import type { Log } from "./telemetry/logger.ts";

export interface RunningModels {
  readonly models: LoadedModels;
  /** Looks for new versions now. */
  reload(): void;
  stop(): Promise<void>;
}

export async function startModels(
  { models: place, modelKeys, modelVersions: allowedVersions }: Config,
  inference: Inference,
  { log, measure }: { readonly log: Log; readonly measure: ModelMeasures },
): Promise<RunningModels> {
  const [source, pinnedKeys, wasm] = await Promise.all([openBundles(place), readPinnedKeys(modelKeys), readOrtWasm()]);
  const models = createLoadedModels({ source, inference, log, measure }, { pinnedKeys, wasm, allowedVersions });
  try {
    const watch = watchModels(
      { look: models.look, log },
      {
        idleMilliseconds: limits.modelReloadSeconds * 1_000,
        retryMilliseconds: limits.modelRetrySeconds * 1_000,
        settled: await models.look(),
      },
    );
    const stop = async (): Promise<void> => {
      await watch.stop();
      source.stop();
    };
    return { models, reload: watch.wake, stop };
  } catch (error) {
    source.stop();
    throw error;
  }
}
