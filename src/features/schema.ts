/**
 * The feature schema of a model bundle (`schema.json`): the one source of template, mapper, validator, encoder, labels and docs.
 *
 * The order of `features` is the order of the model's input columns; each feature is exactly one input column (float32, NaN =
 * missing), so a SHAP value belongs to one column of the customer's file and nothing has to be summed.
 */
import * as v from "valibot";

const Name = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,63}$/));
const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(500));
const Names = v.array(Text);

/** A value a category or flag may take; `code` is what the model sees, `value` what templates and answers show. */
const Category = v.strictObject({
  code: v.pipe(v.number(), v.finite()),
  value: Text,
  /** How a reason names it, e.g. "month-to-month contract". */
  label: Text,
  /** Other spellings, compared after `normaliseText` (case, accents, spaces and punctuation do not count). */
  synonyms: Names,
});

/** Inclusive bounds in the feature's unit. */
const Range = v.strictObject({ min: v.number(), max: v.number() });

const ShareOfAll = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const sumsToOne = (shares: readonly number[]): boolean =>
  Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) <= 0.001;

/** The training data's numbers in a few bins. A value is in the first bin whose edge is not below it, or in the last. */
const Bins = v.pipe(
  v.strictObject({
    /** Ascending, in the feature's unit. */
    edges: v.pipe(
      v.array(v.pipe(v.number(), v.finite())),
      v.minLength(1),
      v.maxLength(100),
      v.check((edges) => edges.every((edge, i) => i === 0 || edge > edges[i - 1]!), "edges must ascend"),
    ),
    /** Share of the values that are there, one more than edges. */
    shares: v.pipe(
      v.array(ShareOfAll),
      v.check((shares) => sumsToOne(shares), "shares must sum to 1"),
    ),
  }),
  v.check(({ edges, shares }) => shares.length === edges.length + 1, "one share more than edges"),
);

/** How the training data was distributed: for drift, for "where 55 % of customers have one", for suspicious columns. */
const Distribution = v.strictObject({
  /** Share of missing values, 0…1. */
  missing: v.number(),
  /** Category or flag: share per `code`, in the order of `categories`. Numeric: absent. */
  shares: v.optional(v.array(v.number())),
  /** Numeric: the 0, 5, 10 … 100 % quantiles (21 numbers). Category and flag: absent. */
  quantiles: v.optional(v.array(v.number())),
  /** Numeric, for drift; a bundle made before there was drift has none. */
  bins: v.optional(Bins),
});

const common = {
  name: Name,
  label: Text,
  description: Text,
  required: v.boolean(),
  /** Whether the business can act on it (a contract, yes; an age, no). */
  actionable: v.boolean(),
  /** Related features are shown together in explanations. */
  group: Name,
  /** Header spellings that mean this feature. */
  synonyms: Names,
  /** Header spellings that look like it and are not. */
  false_friends: Names,
  distribution: Distribution,
};

const NumericFeature = v.strictObject({
  ...common,
  kind: v.literal("numeric"),
  unit: v.picklist(["months", "currency_per_month", "currency", "count", "years", "days", "score", "minutes"]),
  /** Whether only whole numbers are plausible (a warning otherwise, never a refusal). */
  integer: v.boolean(),
  /** Outside `allowed` a row is set aside. */
  allowed: Range,
  /** Outside `expected` (seen in training) a value is scored, but the prediction carries a note. */
  expected: Range,
});
const CategoryFeature = v.strictObject({
  ...common,
  kind: v.literal("category"),
  categories: v.pipe(v.array(Category), v.minLength(2)),
});
const FlagFeature = v.strictObject({
  ...common,
  kind: v.literal("flag"),
  /** Exactly "No" (0) and "Yes" (1), and third states such as "No internet service" where they exist. */
  categories: v.pipe(v.array(Category), v.minLength(2)),
});

export const Feature = v.variant("kind", [NumericFeature, CategoryFeature, FlagFeature]);
export type Feature = v.InferOutput<typeof Feature>;

/** A column that customers' files are known to have and that is not a feature. */
const KnownColumn = v.strictObject({
  name: Name,
  label: Text,
  /** identifier: names the customer · label: what is to be predicted · leakage: knows the answer · context: recognised, not used. */
  role: v.picklist(["identifier", "label", "leakage", "context"]),
  synonyms: Names,
  false_friends: Names,
});
export type KnownColumn = v.InferOutput<typeof KnownColumn>;

const Template = v.strictObject({
  name: Name,
  title: Text,
  description: Text,
  columns: v.pipe(
    v.array(
      v.strictObject({
        /** Name of a feature or of a known column. */
        of: Name,
        header: v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.regex(/^[^\p{Cc}=+@-][^\p{Cc}]*$/u)),
      }),
    ),
    v.minLength(1),
  ),
});

export const Schema = v.strictObject({
  schema_version: v.literal(1),
  name: Name,
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)),
  title: Text,
  description: Text,
  /** Name of the ONNX graph input (float32 [N, features]) and of the probability output (float32 [N, 2], column 1 = churn). */
  input: Text,
  output: Text,
  /** A probability at or above is of that tier; below `medium` it is low. */
  tiers: v.strictObject({ high: v.number(), medium: v.number() }),
  features: v.pipe(
    v.array(v.pipe(Feature, v.check(sharesFit, "a share for each category, and bins for numbers only"))),
    v.minLength(1),
    v.maxLength(1000),
  ),
  known_columns: v.array(KnownColumn),
  /** CSV files to fill in, beside the one of all features under their own names. */
  templates: v.optional(v.pipe(v.array(Template), v.maxLength(20)), () => []),
  /** Facts of the training data that monitoring compares with. */
  training: v.strictObject({
    rows: v.number(),
    churn_rate: v.number(),
    mean_raw_score: v.number(),
    mean_confidence: v.number(),
    /** Half-width of the band that `PredictionConfidence` may leave before someone is told. */
    confidence_margin: v.number(),
    /** Standard deviation of the confidence of one prediction, out-of-fold. */
    confidence_deviation: v.optional(v.number()),
  }),
});
export type Schema = v.InferOutput<typeof Schema>;

/** What a customer pays a month, or null where no feature says it. */
export function chargedFeature({ features }: Schema): { readonly position: number; readonly feature: string } | null {
  const position = features.findIndex((each) => each.kind === "numeric" && each.unit === "currency_per_month");
  return position < 0 ? null : { position, feature: features[position]!.name };
}

function sharesFit(feature: Feature): boolean {
  const { shares, bins } = feature.distribution;
  if (feature.kind === "numeric") return shares === undefined;
  return (
    bins === undefined && (shares === undefined || (shares.length === feature.categories.length && sumsToOne(shares)))
  );
}
