/** What a second plan would change, and what of it is known to be the stand-in's doing. */
import type { LocalApply } from "./local-apply.ts";

/** `address: attribute` of everything that a plan right after the apply would change. */
export async function secondPlan(apply: LocalApply): Promise<string[]> {
  const file = "second.tfplan";
  const planned = await apply.run(["plan", "-no-color", "-input=false", "-parallelism=20", `-out=${file}`]);
  if (planned.code !== 0) throw new Error(`terraform plan:\n${planned.output.slice(-4_000)}`);
  const { resource_changes: changes } = JSON.parse((await apply.run(["show", "-json", file])).output) as Plan;
  if (changes.length < 100) throw new Error(`the plan looks at ${changes.length} resources only`);
  return changes.flatMap(({ address, change }) => {
    const { actions, before, after } = change;
    if (actions.join() === "no-op" || actions.join() === "read") return [];
    if (actions.join() !== "update") return [`${address}: ${actions.join()}`];
    return Object.keys(after ?? {})
      .filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
      .map((name) => `${address}: ${name}`);
  });
}

/** LocalEmu 1.3.2 takes these and does not keep them. */
export const notKept: Readonly<Record<string, string>> = {
  "aws_db_instance.this: performance_insights_enabled": "its RDS knows no Performance Insights",
  "aws_db_instance.this: performance_insights_kms_key_id": "its RDS knows no Performance Insights",
  "aws_db_parameter_group.this: parameter": "its parameter groups keep no parameters",
  "aws_ecs_service.api: availability_zone_rebalancing": "its ECS places no tasks",
  "aws_ecs_service.worker: availability_zone_rebalancing": "its ECS places no tasks",
  "aws_ecs_service.api: health_check_grace_period_seconds": "its ECS checks no tasks",
  ...Object.fromEntries(
    ["balancer-api", "api-database", "jobs-database"].flatMap((rule) =>
      ["ingress", "egress"].map((way) => [
        `aws_vpc_security_group_${way}_rule.inside["${rule}"]: description`,
        "rules that name another group lose their description",
      ]),
    ),
  ),
};

interface Plan {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: Readonly<Record<string, unknown>> | null;
      readonly after: Readonly<Record<string, unknown>> | null;
    };
  }[];
}
