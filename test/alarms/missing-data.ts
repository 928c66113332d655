/**
 * The state that an alarm takes from its last datapoints, some of which may be missing.
 *
 * Source: "Configuring how CloudWatch alarms treat missing data", with "Avoiding premature transitions to alarm state"; its tables are the
 * tests of this file. One case is in no table any more: the only real datapoints are breaching, fewer than M and too young for the premature
 * rule (`- - - - X`). The page says that the alarm does not go to ALARM; its earlier edition had the row, with INSUFFICIENT_DATA for
 * `missing` and the current state for `ignore`, and that is what is done here.
 */

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";
export type TreatMissingData = "breaching" | "notBreaching" | "ignore" | "missing";

export interface MissingDataRule {
  /** N, "Evaluation Periods". */
  readonly evaluationPeriods: number;
  /** M, "Datapoints to Alarm". */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
}

/** `range` is the evaluation range, oldest first: breaching or not, null where missing. "retain" leaves the state as it is. */
export function stateFromDatapoints(range: readonly (boolean | null)[], rule: MissingDataRule): AlarmState | "retain" {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const real = range.filter((point) => point !== null).slice(-evaluationPeriods);
  const missing = evaluationPeriods - real.length;
  const breaching = real.filter(Boolean).length;
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (missing === 0) return "OK";
  if (treatMissingData === "breaching") return breaching + missing >= datapointsToAlarm ? "ALARM" : "OK";
  if (treatMissingData === "notBreaching") return "OK";
  if (breaching < real.length) return "OK";
  if (treatMissingData === "ignore") return "retain";
  return isOldEnough(range, datapointsToAlarm) ? "ALARM" : "INSUFFICIENT_DATA";
}

/** Of a range whose every real datapoint is breaching: the oldest is the M-th from the end, or older. */
function isOldEnough(range: readonly (boolean | null)[], datapointsToAlarm: number): boolean {
  const oldest = range.indexOf(true);
  return oldest >= 0 && range.length - oldest >= datapointsToAlarm;
}
