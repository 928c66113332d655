/** The models that this process holds: verified bundles in the inference thread, and for each that was refused the reason. */
import type { ModelFacts, Models } from "../api/services.ts";
import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import { templateCsv } from "../features/template.ts";
import { type BundlePlace, defaultModel } from "../model/catalogue.ts";
import type { ModelInfo } from "../model/load.ts";
import { presentDetail, presentPrediction } from "./present.ts";
import { createResultCells, resultColumns } from "./result-line.ts";

export interface LoadedModels extends Models {
  /** What was refused, as `name version: reason`. */
  readonly problems: readonly string[];
}

/** `load` verifies one bundle in the thread; one that is refused does not keep the others away. */
export async function loadModels(
  bundles: readonly BundlePlace[],
  load: (bundle: BundlePlace) => Promise<ModelInfo>,
): Promise<LoadedModels> {
  const models: ModelFacts[] = [];
  const refused: { bundle: BundlePlace; error: RetainWiseError }[] = [];
  for (const bundle of bundles) {
    try {
      models.push(toFacts(await load(bundle)));
    } catch (error) {
      refused.push({ bundle, error: toRetainWiseError(error) });
    }
  }
  return {
    problems: refused.map(({ bundle, error }) => `${bundle.name} ${bundle.version}: ${error.detail}`),
    list: () => models,
    get(name) {
      const wanted = name ?? defaultModel;
      const found = models.findLast((model) => model.name === wanted);
      if (found !== undefined) return found;
      const problem = refused.find(({ bundle }) => bundle.name === wanted);
      if (problem !== undefined) throw problem.error;
      const known = [...new Set(models.map((model) => model.name))].join(", ");
      throw new RetainWiseError(
        "model_not_found",
        `There is no model named ${JSON.stringify(wanted)}; there is ${known || "none"}.`,
      );
    },
    byDigest(digest) {
      const found = models.find((model) => model.digest === digest);
      if (found !== undefined) return found;
      throw new RetainWiseError(
        "model_unavailable",
        `The model with digest ${digest}, which made these results, is not loaded.`,
      );
    },
  };
}

function toFacts(info: ModelInfo): ModelFacts {
  const { schema } = info;
  return {
    name: schema.name,
    version: schema.version,
    digest: info.digest,
    backgroundDigest: info.backgroundDigest,
    card: info.card,
    schema,
    template: templateCsv(schema),
    resultColumns: (shap) => resultColumns(schema, shap),
    resultCells: createResultCells(schema),
    present: (prediction, mapping) => presentPrediction(info, prediction, mapping),
    presentDetail: (prediction, mapping) => presentDetail(info, prediction, mapping),
  };
}
