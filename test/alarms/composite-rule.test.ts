import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { alarmsNamedIn, type CompositeRule, holds, parseCompositeRule } from "./composite-rule.ts";
import type { AlarmState } from "./missing-data.ts";

const states: Readonly<Record<string, AlarmState>> = {
  CPUUtilizationTooHigh: "ALARM",
  DiskReadOpsTooHigh: "OK",
  "with spaces": "ALARM",
  new: "INSUFFICIENT_DATA",
};
const stateOf = (alarm: string) => states[alarm] ?? "INSUFFICIENT_DATA";
const isTrue = (rule: string) => holds(parseCompositeRule(rule), stateOf);

describe("the rule of a composite alarm", () => {
  const table: Record<string, boolean> = {
    // the examples of PutCompositeAlarm
    "ALARM(CPUUtilizationTooHigh) AND ALARM(DiskReadOpsTooHigh)": false,
    "ALARM(CPUUtilizationTooHigh) AND NOT ALARM(DiskReadOpsTooHigh)": true,
    "(ALARM(CPUUtilizationTooHigh) OR ALARM(DiskReadOpsTooHigh)) AND OK(new)": false,
    TRUE: true,
    "NOT FALSE": true,
    "INSUFFICIENT_DATA(new)": true,
    'ALARM("with spaces")': true,
    'ALARM("arn:aws:cloudwatch:eu-central-1:000000000000:alarm:CPUUtilizationTooHigh")': true,
    "OK(arn:aws:cloudwatch:eu-central-1:000000000000:alarm:DiskReadOpsTooHigh)": true,
    "TRUE OR FALSE AND FALSE": true,
    "(TRUE OR FALSE) AND FALSE": false,
    "NOT TRUE OR TRUE": true,
    "NOT (TRUE OR TRUE)": false,
    "  NOT\n ALARM( new )\tAND TRUE": true,
  };
  for (const [rule, expected] of Object.entries(table))
    it(`${rule} is ${expected}`, () => assert.equal(isTrue(rule), expected));

  it("names the alarms it depends on", () => {
    assert.deepEqual(alarmsNamedIn(parseCompositeRule('ALARM(a) AND (NOT OK("b c") OR TRUE)')), ["a", "b c"]);
  });

  for (const rule of [
    "",
    "ALARM",
    "ALARM(a",
    "ALARM(a) ALARM(b)",
    "AND TRUE",
    "TRUE AND",
    "ALARMS(a)",
    "(TRUE",
    "AT_LEAST(1, ALARM, (a))",
    "alarm(a)",
  ])
    it(`refuses ${rule === "" ? "nothing" : rule}`, () =>
      assert.throws(() => parseCompositeRule(rule), /composite rule: unexpected/));

  it("reads back whatever can be written", () => {
    const { rule } = fc.letrec<{ rule: CompositeRule }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 4 },
        fc.boolean().map((value) => ({ kind: "constant", value }) as const),
        fc.constantFrom(...Object.keys(states)).map((alarm) => ({ kind: "state", state: "ALARM", alarm }) as const),
        tie("rule").map((operand) => ({ kind: "not", operand }) as const),
        fc.record(
          { kind: fc.constantFrom("and", "or"), left: tie("rule"), right: tie("rule") },
          { noNullPrototype: true },
        ),
      ),
    }));
    const write = (it: CompositeRule): string => {
      if (it.kind === "constant") return it.value ? "TRUE" : "FALSE";
      if (it.kind === "state") return `${it.state}("${it.alarm}")`;
      if (it.kind === "not") return `NOT ${write(it.operand)}`;
      return `(${write(it.left)} ${it.kind.toUpperCase()} ${write(it.right)})`;
    };
    fc.assert(fc.property(rule, (one) => assert.deepEqual(parseCompositeRule(write(one)), one)));
  });
});
