import type { PostTransform } from "../../src/shap/ensemble.ts";

/** One row's scores of its raw scores, as onnxruntime forms them where it forms them at all. */
export function transformed(raw: readonly number[], post: PostTransform): number[] {
  const greatest = Math.max(...raw);
  const counts = (value: number) => post === "SOFTMAX" || Math.abs(value) > 1e-7;
  const total = raw.reduce((sum, value) => sum + (counts(value) ? Math.exp(value - greatest) : 0), 0);
  return raw.map((value) => {
    if (post === "LOGISTIC") return 1 / (1 + Math.exp(-value));
    if (post === "PROBIT") return Math.SQRT2 * inverseErf(2 * value - 1);
    if (post === "NONE") return value;
    return (counts(value) ? Math.exp(value - greatest) : 0) / total;
  });
}

/** Winitzki's approximation, good to 2e-3, which onnxruntime uses. */
function inverseErf(x: number): number {
  const log = Math.log((1 - x) * (1 + x));
  const half = 2 / (Math.PI * 0.147) + log / 2;
  return Math.sign(x) * Math.sqrt(-half + Math.sqrt(half * half - log / 0.147));
}
