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
  const { directions, skips } = options;
  const raises = directions?.includes("raises") ?? true;
  const lowers = directions?.includes("lowers") ?? true;
  // A short list of indices kept in order: most rows have far more features than reasons are wanted.
  const found: number[] = [];
  for (let index = 0; index < shapValues.length; index++) {
    const shapValue = shapValues[index]!;
    const size = Math.abs(shapValue);
    // NaN is no reason either.
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) continue;
    let place = found.length;
    while (place > 0 && Math.abs(shapValues[found[place - 1]!]!) < size) place--;
    if (place >= count || !(shapValue > 0 ? raises : lowers) || skips?.(index) === true) continue;
    for (let after = Math.min(found.length, count - 1); after > place; after--) found[after] = found[after - 1]!;
    found[place] = index;
  }
  return found.map((index) => ({
    index,
    shapValue: shapValues[index]!,
    direction: shapValues[index]! > 0 ? "raises" : "lowers",
  }));
}

export interface GroupReason {
  /** Index of the group. */
  readonly group: number;
  /** Sum of its features' SHAP values, log-odds. The sums of all groups are what all features add up to. */
  readonly shapValue: number;
  /** Null where its features cancel out. */
  readonly direction: Reason["direction"] | null;
  /** Its features by size without sign, those that contribute nothing included. */
  readonly features: readonly number[];
}

/**
 * Related features told as one: features that tell the same story share its weight between them in ways that are hard to read, and what they
 * share adds up exactly, since SHAP values are additive. The largest sum comes first, ties by group.
 *
 * @param shapValues one row, a value for each feature (log-odds)
 * @param groupOf group of each feature, from 0; every group up to the largest has its entry
 */
export function groupReasons(shapValues: ArrayLike<number>, groupOf: ArrayLike<number>): GroupReason[] {
  const members: number[][] = [];
  for (let index = 0; index < groupOf.length; index++) {
    while (members.length <= groupOf[index]!) members.push([]);
    members[groupOf[index]!]!.push(index);
  }
  const size = (index: number) => Math.abs(shapValues[index]!);
  return members
    .map((features, group) => {
      const shapValue = features.reduce((sum, index) => sum + shapValues[index]!, 0);
      const direction = shapValue > 0 ? ("raises" as const) : shapValue < 0 ? ("lowers" as const) : null;
      return { group, shapValue, direction, features: features.toSorted((a, b) => size(b) - size(a)) };
    })
    .sort((a, b) => Math.abs(b.shapValue) - Math.abs(a.shapValue));
}
