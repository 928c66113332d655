/**
 * The rule expression of a composite alarm ("PutCompositeAlarm" in the API reference, AlarmRule): ALARM(), OK() and INSUFFICIENT_DATA() of an
 * alarm's name or ARN, TRUE, FALSE, AND, OR, NOT and parentheses. NOT binds tightest, then AND, then OR.
 */
import type { AlarmState } from "./missing-data.ts";

export type CompositeRule =
  | { readonly kind: "state"; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "not"; readonly operand: CompositeRule }
  | { readonly kind: "and" | "or"; readonly left: CompositeRule; readonly right: CompositeRule };

const states: readonly AlarmState[] = ["ALARM", "OK", "INSUFFICIENT_DATA"];

/** Throws, with the place, on what is no rule. */
export function parseCompositeRule(rule: string): CompositeRule {
  const tokens = rule.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  let next = 0;
  const refuse = (): never => {
    throw new Error(`composite rule: unexpected ${tokens[next] ?? "end"} in ${rule}`);
  };
  const takes = (token: string): boolean => {
    if (tokens[next] !== token) return false;
    next++;
    return true;
  };
  const expect = (token: string): void => {
    if (!takes(token)) refuse();
  };

  const either = (): CompositeRule => {
    let left = both();
    while (takes("OR")) left = { kind: "or", left, right: both() };
    return left;
  };
  const both = (): CompositeRule => {
    let left = single();
    while (takes("AND")) left = { kind: "and", left, right: single() };
    return left;
  };
  const single = (): CompositeRule => {
    if (takes("NOT")) return { kind: "not", operand: single() };
    if (takes("TRUE")) return { kind: "constant", value: true };
    if (takes("FALSE")) return { kind: "constant", value: false };
    if (takes("(")) {
      const inside = either();
      expect(")");
      return inside;
    }
    const state = states.find(takes) ?? refuse();
    expect("(");
    const named: string[] = [];
    while (next < tokens.length && tokens[next] !== ")") named.push(tokens[next++]!);
    expect(")");
    return { kind: "state", state, alarm: alarmNameOf(named.join(" ").replace(/^"(.*)"$/, "$1")) };
  };

  const parsed = either();
  if (next < tokens.length) refuse();
  return parsed;
}

/** An ARN ends in `:alarm:<name>`; a name is a name. */
export function alarmNameOf(nameOrArn: string): string {
  const marker = ":alarm:";
  const at = nameOrArn.startsWith("arn:") ? nameOrArn.indexOf(marker) : -1;
  return at < 0 ? nameOrArn : nameOrArn.slice(at + marker.length);
}

export function alarmsNamedIn(rule: CompositeRule): string[] {
  switch (rule.kind) {
    case "state":
      return [rule.alarm];
    case "constant":
      return [];
    case "not":
      return alarmsNamedIn(rule.operand);
    default:
      return [...alarmsNamedIn(rule.left), ...alarmsNamedIn(rule.right)];
  }
}

export function holds(rule: CompositeRule, stateOf: (alarm: string) => AlarmState): boolean {
  switch (rule.kind) {
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "constant":
      return rule.value;
    case "not":
      return !holds(rule.operand, stateOf);
    case "and":
      return holds(rule.left, stateOf) && holds(rule.right, stateOf);
    case "or":
      return holds(rule.left, stateOf) || holds(rule.right, stateOf);
  }
}
