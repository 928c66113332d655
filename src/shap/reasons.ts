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
  /** Features that are never a reason, by index. */
  readonly skips?: (index: number) => boolean;
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
    const size = Math.abs(shapValue);
    // NaN is no reason either.
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) continue;
    // A short list kept in order: most rows have far more features than reasons are wanted.
    let place = reasons.length;
    while (place > 0 && Math.abs(reasons[place - 1]!.shapValue) < size) place--;
    if (place >= count) continue;
    const direction = shapValue > 0 ? "raises" : "lowers";
    if (!directions.includes(direction)) continue;
    if (options.skips?.(index) === true) continue;
    reasons.splice(place, 0, { index, shapValue, direction });
    if (reasons.length > count) reasons.pop();
  }
  return reasons;
}
