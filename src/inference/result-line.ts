/** The columns that a result CSV has after the customer's own (API.md): probability, tier, three reasons, on request every SHAP value. */
import { guardCell } from "../csv/write.ts";
import { describeValue } from "../features/decode-value.ts";
import type { Schema } from "../features/schema.ts";
import { topReasons } from "../shap/reasons.ts";
import { isMissing } from "./missing-value.ts";
import type { RiskTier } from "./risk-tier.ts";

const reasonCount = 3;
/** Values of a feature whose text is kept at hand; enough for every category and most prices. */
const textsKept = 10_000;

export function resultColumns(schema: Schema, shap: boolean): string[] {
  const reasons = Array.from({ length: reasonCount }, (_, i) => `reason_${i + 1}`);
  const attributions = shap ? schema.features.map((feature) => `shap_${feature.name}`) : [];
  return ["churn_probability", "risk_tier", ...reasons, ...attributions];
}

/** What a result line is made of; missing values are null or NaN. */
export interface ResultLine {
  readonly probability: number;
  readonly tier: RiskTier;
  /** Log-odds per feature; empty when nothing was explained. */
  readonly shapValues: ArrayLike<number>;
  readonly values: ArrayLike<number | null>;
}

/** Makes the cells of one line for `resultColumns`, formula-safe: labels come from a model's schema, whoever wrote it. */
export function createResultCells(schema: Schema): (line: ResultLine, shap: boolean) => string[] {
  const texts = schema.features.map(() => new Map<number, string>());

  /** "Contract: Month-to-month"; most customers share their values, and making the text costs more than finding it. */
  const valueText = (index: number, value: number): string => {
    const known = texts[index]!.get(value);
    if (known !== undefined) return known;
    const feature = schema.features[index]!;
    const text = guardCell(`${feature.label}: ${describeValue(feature, value)}`);
    if (texts[index]!.size >= textsKept) texts[index]!.clear();
    texts[index]!.set(value, text);
    return text;
  };

  return ({ probability, tier, shapValues, values }, shap) => {
    const cells = [String(probability), tier];
    const skips = (index: number) => isMissing(values[index]);
    for (const { index, shapValue, direction } of topReasons(shapValues, reasonCount, { skips })) {
      const goesWith = direction === "raises" ? "(goes with higher risk +" : "(goes with lower risk ";
      cells.push(`${valueText(index, values[index]!)} ${goesWith}${shapValue.toFixed(3)})`);
    }
    while (cells.length < 2 + reasonCount) cells.push("");
    if (shap) for (let i = 0; i < schema.features.length; i++) cells.push(String(shapValues[i] ?? ""));
    return cells;
  };
}
