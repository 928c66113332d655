/** Composite alarms so that each comes after those that it names, in its rule or as its suppressor. */
import type { Alarm, CompositeAlarm } from "./alarm.ts";
import { alarmsNamedIn, parseCompositeRule } from "./composite-rule.ts";

/** Throws where one names an alarm that is not there, or names itself in a circle. */
export function inOrderOfDependency(alarms: readonly Alarm[]): CompositeAlarm[] {
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  const ordered = new Set<CompositeAlarm>();
  const place = (alarm: CompositeAlarm, above: readonly string[]): void => {
    const path = [...above, alarm.name];
    if (above.includes(alarm.name)) throw new Error(`composite alarms in a circle: ${path.join(" → ")}`);
    const named = alarmsNamedIn(parseCompositeRule(alarm.rule));
    for (const name of alarm.suppressor === null ? named : [...named, alarm.suppressor.alarm]) {
      const other = byName.get(name);
      if (other === undefined) throw new Error(`composite alarm ${alarm.name} names ${name}, which is not there`);
      if (other.kind === "composite") place(other, path);
    }
    ordered.add(alarm);
  };
  for (const alarm of alarms) if (alarm.kind === "composite") place(alarm, []);
  return [...ordered];
}
