import assert from "node:assert/strict";
import { skipWithout } from "../parts.ts";
import { test } from "../slow-test.ts";
import { planWithoutAws } from "../terraform/plan-without-aws.ts";
import { terraformProgram } from "../terraform/terraform.ts";
import { alarmsFromPlan } from "./alarms-from-plan.ts";
import { inOrderOfDependency } from "./composite-order.ts";
import { widgetsFromPlan } from "./widgets-from-plan.ts";

const skip = skipWithout("terraform", terraformProgram !== null);

test("the evaluator reads every alarm and widget of production's plan, and what they name is there", {
  skip,
}, async () => {
  const plan = await planWithoutAws();
  const alarms = alarmsFromPlan(plan);
  const composites = inOrderOfDependency(alarms);
  // As many as the plan's other list, of what it would create, has.
  const { resource_changes } = plan as { resource_changes: { type: string; change: { actions: string[] } }[] };
  const created = (type: string) =>
    resource_changes.filter((each) => each.type === type && each.change.actions.includes("create")).length;
  const kinds = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"].map(created);
  assert.deepEqual([alarms.length - composites.length, composites.length], kinds);
  assert.ok(composites.length >= 14);
  const widgets = widgetsFromPlan(plan);
  assert.equal(widgets.filter(({ kind }) => kind === "metric").length, 15);
  const names = new Set(alarms.map(({ name }) => name));
  const shown = widgets.flatMap((widget) => widget.alarms);
  assert.deepEqual(
    shown.filter((name) => !names.has(name)),
    [],
  );
  const causes = [...names].filter((name) => name.endsWith("-explained"));
  assert.equal(new Set(shown).size, names.size - causes.length);
});
