export interface Reason {
  /** Index of the feature. */
  readonly index: number;
  /** Its SHAP value, log-odds. */
  readonly shapValue: number;
  readonly direction: "raises" | "lowers";
}

export interface ReasonOptions {
  /** Which directions count. Default both. */
  readonly directions?: readonly Reason["direction"][];
}

/**
 * The largest contributions of one row, by size without sign; ties by index. A contribution of zero is never a reason, so there may
 * be fewer than `count`.
 *
 * @param shapValues one row, a value for each feature (log-odds)
 */
export function topReasons(shapValues: ArrayLike<number>, count: number, options: ReasonOptions = {}): Reason[] {
  const directions = options.directions ?? ["raises", "lowers"];
  const reasons: Reason[] = [];
  for (let index = 0; index < shapValues.length; index++) {
    const shapValue = shapValues[index]!;
    const direction = shapValue > 0 ? "raises" : "lowers";
    if (shapValue !== 0 && Number.isFinite(shapValue) && directions.includes(direction))
      reasons.push({ index, shapValue, direction });
  }
  reasons.sort((a, b) => Math.abs(b.shapValue) - Math.abs(a.shapValue) || a.index - b.index);
  return reasons.slice(0, count);
}
