/** What the pages read of a model's schema (`GET /v1/models`); `features/schema.ts` has all of it. */
export interface SchemaFeature {
  readonly name: string;
  readonly label: string;
  readonly kind: "numeric" | "category" | "flag";
  readonly required: boolean;
  readonly actionable: boolean;
  readonly unit?: string;
  readonly integer?: boolean;
  readonly expected?: { readonly min: number; readonly max: number };
  readonly categories?: readonly { readonly value: string; readonly synonyms?: readonly string[] }[];
}

export function featuresOf(schema: unknown): readonly SchemaFeature[] {
  const { features = [] } = (schema ?? {}) as { features?: readonly SchemaFeature[] };
  return features;
}

/** Feature → what a person calls it. */
export function labelsOf(schema: unknown): ReadonlyMap<string, string> {
  return new Map(featuresOf(schema).map(({ name, label }) => [name, label]));
}
