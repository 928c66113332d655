import type { PostTransform } from "../../../src/shap/ensemble.ts";

/** What ONNX makes of the outputs' raw scores, one array for each output. */
export function postTransformed(raws: readonly Float64Array[], transform: PostTransform): Float64Array[] {
  if (transform === "NONE") return [...raws];
  if (transform === "EXP") return raws.map((raw) => raw.map(Math.exp));
  if (transform === "LOGISTIC") return raws.map((raw) => raw.map((score) => 1 / (1 + Math.exp(-score))));
  if (transform !== "SOFTMAX") throw new Error(`no model of the zoo has ${transform}`);
  const sums = raws[0]!.map((_, row) => raws.reduce((sum, raw) => sum + Math.exp(raw[row]!), 0));
  return raws.map((raw) => raw.map((score, row) => Math.exp(score) / sums[row]!));
}
