import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import type { ModelFacts, Models, Services } from "./services.ts";

/** As much of a model's schema as a mapping is checked against. */
const FeatureNames = v.object({ features: v.array(v.object({ name: v.string(), unit: v.optional(v.string()) })) });

/**
 * Refuses a model that does not exist and a mapping or units of features it does not have: `model_not_found`, `mapping_invalid`. A model that
 * cannot be used at the moment is no reason to refuse a file.
 */
export function checkModelAndMapping(
  { models, unitsFor }: Pick<Services, "models" | "unitsFor">,
  name: string | undefined,
  mapping: Readonly<Record<string, string>> | undefined,
  units: Readonly<Record<string, string>> | undefined,
): void {
  if (name === undefined && mapping === undefined && units === undefined) return;
  const model = modelIfAvailable(models, name ?? null);
  const known = v.safeParse(FeatureNames, model?.schema);
  if (!known.success) return;
  checkUnits(known.output.features, unitsFor, mapping ?? {}, units ?? {});
  if (mapping === undefined) return;
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

/** Refuses values for the whole file that the model does not understand, or whose feature the mapping gives a column: `mapping_invalid`. */
export function checkConstants(
  { models }: Pick<Services, "models">,
  name: string | undefined,
  constants: Readonly<Record<string, string>> = {},
  mapping: Readonly<Record<string, string>> = {},
): void {
  if (Object.keys(constants).length > 0) modelIfAvailable(models, name ?? null)?.checkConstants(constants, mapping);
}

function checkUnits(
  features: v.InferOutput<typeof FeatureNames>["features"],
  unitsFor: Services["unitsFor"],
  mapping: Readonly<Record<string, string>>,
  units: Readonly<Record<string, string>>,
): void {
  for (const [feature, unit] of Object.entries(units)) {
    const own = features.find(({ name }) => name === feature)?.unit;
    const choices = own === undefined ? [] : unitsFor(own);
    if (choices.length === 0) throw unitError(`No unit is converted for ${feature}.`);
    if (!choices.includes(unit)) throw unitError(`${unit} is no unit of ${feature}; there are ${choices.join(", ")}.`);
    if (!Object.hasOwn(mapping, feature)) throw unitError(`The mapping must say which column holds ${feature}.`);
  }
}

function unitError(detail: string): RetainWiseError {
  return new RetainWiseError("mapping_invalid", detail, {
    issues: [{ code: "unit_invalid", detail, parameter: "units" }],
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

/** In the order of the schema, as stored values are. */
export function featureNamesOf(model: ModelFacts): readonly string[] {
  return v.parse(FeatureNames, model.schema).features.map(({ name }) => name);
}
