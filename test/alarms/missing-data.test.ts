/** The tables of "Configuring how CloudWatch alarms treat missing data": 0 is within the threshold, X breaching, - missing; the newest is last. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type AlarmState, stateFromDatapoints, type TreatMissingData } from "./missing-data.ts";

type Answer = AlarmState | "retain";
type Row = readonly [points: string, missing: Answer, ignore: Answer, breaching: Answer, notBreaching: Answer];

const treatments: readonly TreatMissingData[] = ["missing", "ignore", "breaching", "notBreaching"];
const noData = "INSUFFICIENT_DATA";

const threeOfThree: readonly Row[] = [
  ["0 - X - X", "OK", "OK", "OK", "OK"],
  ["0 - - - -", "OK", "OK", "OK", "OK"],
  ["- - - - -", noData, "retain", "ALARM", "OK"],
  ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["- - X - -", "ALARM", "retain", "ALARM", "OK"],
];
/** Rows of the page's earlier edition (2018), which the present one no longer has and does not contradict. */
const earlierEdition: readonly Row[] = [
  ["- - - - X", noData, "retain", "ALARM", "OK"],
  ["X - - - -", "ALARM", "retain", "ALARM", "OK"],
];
const twoOfThree: readonly Row[] = [
  ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 - X - -", "OK", "OK", "ALARM", "OK"],
  ["- - - - 0", "OK", "OK", "ALARM", "OK"],
  ["- - - X -", "ALARM", "retain", "ALARM", "OK"],
];

const read = (points: string) => points.split(" ").map((point) => (point === "-" ? null : point === "X"));

function tabulate(title: string, datapointsToAlarm: number, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [points, ...answers] of rows)
      for (const [i, treatMissingData] of treatments.entries())
        it(`${points} with ${treatMissingData} is ${answers[i]}`, () => {
          const rule = { evaluationPeriods: 3, datapointsToAlarm, treatMissingData };
          assert.equal(stateFromDatapoints(read(points), rule), answers[i]);
        });
  });
}

tabulate("3 datapoints of 3, evaluation range 5", 3, threeOfThree);
tabulate("3 of 3, the page's earlier edition", 3, earlierEdition);
tabulate("2 datapoints of 3, evaluation range 5", 2, twoOfThree);

describe("premature transitions to ALARM", () => {
  const premature = (points: string) =>
    stateFromDatapoints(read(points), { evaluationPeriods: 3, datapointsToAlarm: 3, treatMissingData: "missing" });

  it("do not happen on - - - - X and - - - X -, whose next datapoint may be within the threshold", () => {
    for (const points of ["- - - - X", "- - - X -"]) assert.notEqual(premature(points), "ALARM");
    for (const points of ["- - - X 0", "- - X - 0"]) assert.equal(premature(points), "OK");
  });

  it("happen on - - X - -, when the oldest breaching datapoint is as old as Datapoints to Alarm", () => {
    assert.equal(premature("- - X - -"), "ALARM");
  });
});

describe("any evaluation", () => {
  const range = fc.array(fc.constantFrom(true, false, null), { minLength: 3, maxLength: 12 });
  const rule = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom(...treatments))
    .map(([n, m, treatMissingData]) => ({ evaluationPeriods: n, datapointsToAlarm: Math.min(m, n), treatMissingData }));

  it("ignores the treatment when there are enough real datapoints", () => {
    fc.assert(
      fc.property(range, rule, (points, { evaluationPeriods, datapointsToAlarm }) => {
        fc.pre(points.filter((point) => point !== null).length >= evaluationPeriods);
        const states = treatments.map((treatMissingData) =>
          stateFromDatapoints(points, { evaluationPeriods, datapointsToAlarm, treatMissingData }),
        );
        assert.equal(new Set(states).size, 1);
        assert.ok(states[0] === "OK" || states[0] === "ALARM");
      }),
    );
  });

  it("never leaves ALARM because one more datapoint is breaching", () => {
    fc.assert(
      fc.property(range, rule, fc.nat(), (points, rules, at) => {
        const i = at % points.length;
        fc.pre(points[i] === false && stateFromDatapoints(points, rules) === "ALARM");
        assert.equal(stateFromDatapoints(points.with(i, true), rules), "ALARM");
      }),
    );
  });

  it("needs a breaching datapoint for ALARM unless missing data breach, and retains only with ignore", () => {
    fc.assert(
      fc.property(range, rule, (points, rules) => {
        const state = stateFromDatapoints(points, rules);
        if (state === "ALARM" && rules.treatMissingData !== "breaching") assert.ok(points.includes(true));
        if (state === "retain") assert.equal(rules.treatMissingData, "ignore");
        if (state === "INSUFFICIENT_DATA") assert.equal(rules.treatMissingData, "missing");
      }),
    );
  });
});
