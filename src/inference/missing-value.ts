/**
 * Whether nothing is known of a feature (null as stored, NaN as encoded). That may move a score, but it is no reason that a person could act
 * on: it is shown among the attributions and never among the reasons.
 */
export const isMissing = (value: number | null | undefined): boolean =>
  value === null || value === undefined || Number.isNaN(value);
