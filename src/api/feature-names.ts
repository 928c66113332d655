import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import type { ModelFacts, Models } from "./services.ts";

/** As much of a model's schema as a mapping is checked against. */
const FeatureNames = v.object({ features: v.array(v.object({ name: v.string() })) });

/**
 * Refuses a model that does not exist and a mapping that names features it does not have: `model_not_found`, `mapping_invalid`. A model that
 * cannot be used at the moment is no reason to refuse a file.
 */
export function checkModelAndMapping(
  models: Models,
  name: string | undefined,
  mapping: Readonly<Record<string, string>> | undefined,
): void {
  if (name === undefined && mapping === undefined) return;
  const model = modelIfAvailable(models, name ?? null);
  const known = v.safeParse(FeatureNames, model?.schema);
  if (mapping === undefined || !known.success) return;
  const names = known.output.features.map((feature) => feature.name);
  const unknown = Object.keys(mapping).filter((feature) => !names.includes(feature));
  if (unknown.length === 0) return;
  throw new RetainWiseError("mapping_invalid", `The model has no feature named ${unknown.slice(0, 10).join(", ")}.`, {
    issues: unknown.slice(0, 100).map((feature) => ({
      code: "unknown_feature",
      detail: `There is no feature named ${feature}.`,
      parameter: "mapping",
    })),
  });
}

function modelIfAvailable(models: Models, name: string | null): ModelFacts | null {
  try {
    return models.get(name);
  } catch (error) {
    if (error instanceof RetainWiseError && error.code === "model_unavailable") return null;
    throw error;
  }
}
