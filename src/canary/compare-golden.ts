import * as v from "valibot";
import { limits } from "../limits.ts";
import type { GoldenRow } from "../model/golden-customers.ts";

/** What the canary reads of a page of predictions. */
export const PredictionPage = v.object({
  data: v.array(
    v.object({
      row: v.number(),
      churn_probability: v.number(),
      raw_score: v.number(),
      base_value: v.number(),
      explanation_status: v.string(),
      reasons: v.array(v.object({ feature: v.string(), shap_value: v.number() })),
    }),
  ),
});
export type PredictionPage = v.InferOutput<typeof PredictionPage>;

/** The first difference in words, or null; `page` is in the order of the file. No value of a customer is in it, not even of a made one. */
export function compareGolden(page: PredictionPage, golden: readonly GoldenRow[]): string | null {
  if (page.data.length !== golden.length) return `${page.data.length} predictions instead of ${golden.length}`;
  for (const [i, found] of page.data.entries()) {
    const expected = golden[i]!;
    const differs = (what: string, is: number, should: number, tolerance: number): string | null =>
      Math.abs(is - should) <= tolerance ? null : `row ${i + 2}: ${what} is ${is}, expected ${should}`;
    const problem =
      (found.row === i + 2 ? null : `row ${i + 2} came as row ${found.row}`) ??
      (found.explanation_status === "ok" ? null : `row ${i + 2}: the explanation is ${found.explanation_status}`) ??
      differs("probability", found.churn_probability, expected.probability, limits.goldenProbabilityError) ??
      differs("raw score", found.raw_score, expected.rawScore, limits.goldenShapError) ??
      differs("base value", found.base_value, expected.baseValue, limits.goldenShapError) ??
      found.reasons
        .map(({ feature, shap_value }) =>
          differs(
            `SHAP value of ${feature}`,
            shap_value,
            expected.shapValues[feature] ?? Number.NaN,
            limits.goldenShapError,
          ),
        )
        .find((difference) => difference !== null) ??
      null;
    if (problem !== null) return problem;
  }
  return null;
}
