/** The columns that a result CSV has after the customer's own (API.md): probability, tier, three reasons, on request every SHAP value. */
import { guardCell, writeCell } from "../csv/write.ts";
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

/** A feature's value as a cell of the file begins with it, and what closes the cell. */
interface ValueText {
  readonly open: string;
  readonly close: string;
}

/**
 * Makes the text of one line for `resultColumns`, an RFC 4180 record without its line end, formula-safe: labels come from a model's schema,
 * whoever wrote it.
 */
export function createResultLine(schema: Schema): (line: ResultLine, shap: boolean) => string {
  const texts = schema.features.map(() => new Map<number, ValueText>());

  /** "Contract: Month-to-month"; most customers share their values, and making the text costs more than finding it. */
  const valueText = (index: number, value: number): ValueText => {
    const known = texts[index]!.get(value);
    if (known !== undefined) return known;
    const feature = schema.features[index]!;
    const cell = writeCell(guardCell(`${feature.label}: ${describeValue(feature, value)}`));
    // What follows needs no quotation marks of its own.
    const text = cell.startsWith('"') ? { open: cell.slice(0, -1), close: '"' } : { open: cell, close: "" };
    if (texts[index]!.size >= textsKept) texts[index]!.clear();
    texts[index]!.set(value, text);
    return text;
  };

  return ({ probability, tier, shapValues, values }, shap) => {
    let line = `${probability},${tier}`;
    const skips = (index: number) => isMissing(values[index]);
    const reasons = topReasons(shapValues, reasonCount, { skips });
    for (const { index, shapValue, direction } of reasons) {
      const { open, close } = valueText(index, values[index]!);
      const goesWith = direction === "raises" ? "(goes with higher risk +" : "(goes with lower risk ";
      line += `,${open} ${goesWith}${shapValue.toFixed(3)})${close}`;
    }
    line += ",".repeat(reasonCount - reasons.length);
    if (shap) for (let i = 0; i < schema.features.length; i++) line += `,${shapValues[i] ?? ""}`;
    return line;
  };
}
