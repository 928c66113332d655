import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { TreeEnsemble } from "../shap/ensemble.ts";
import type { Explainer } from "../shap/explainer.ts";
import { rawScores } from "../shap/score.ts";
import type { CanonicalRows } from "./canonical-rows.ts";
import { ModelLoadError } from "./load-error.ts";
import type { Session } from "./session.ts";

/** The model must behave as on the machine that trained it: probabilities by the runtime, scores and SHAP values by ourselves. */
export async function checkGolden(
  golden: CanonicalRows,
  schema: Schema,
  session: Session,
  ensemble: TreeEnsemble,
  explainer: Explainer,
) {
  const width = schema.features.length;
  const probabilities = await session.predict(golden.features, golden.count);
  const raw = rawScores(ensemble, golden.features, golden.count);
  const shapValues = new Float64Array(golden.count * width);
  const scores = new Float64Array(golden.count);
  explainer.explain(golden.features, golden.count, shapValues, scores);
  const compare = (column: string, row: number, found: number, tolerance: number) => {
    const expected = golden.extra.get(column)?.[row];
    if (expected === undefined) throw new ModelLoadError("golden_mismatch", `golden.csv has no column ${column}.`);
    if (!(Math.abs(expected - found) <= tolerance)) {
      throw new ModelLoadError(
        "golden_mismatch",
        `golden row ${row + 1}: ${column} is ${found}, expected ${expected}.`,
      );
    }
  };
  for (let row = 0; row < golden.count; row++) {
    compare("probability", row, probabilities[row]!, limits.goldenProbabilityError);
    compare("raw_score", row, raw[row]!, limits.goldenShapError);
    compare("raw_score", row, scores[row]!, limits.goldenShapError);
    compare("base_value", row, explainer.expectedValue, limits.goldenShapError);
    schema.features.forEach((feature, i) => {
      compare(`shap_${feature.name}`, row, shapValues[row * width + i]!, limits.goldenShapError);
    });
  }
}
