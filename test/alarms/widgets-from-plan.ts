/** The widgets of the dashboards of a Terraform plan or state, and the metrics that they read ("Dashboard Body Structure and Syntax"). */
import * as v from "valibot";
import { alarmNameOf } from "./composite-rule.ts";
import { mathValueOf } from "./expression.ts";
import type { StatisticQuery } from "./metric-store.ts";
import { resourcesOf } from "./plan-resources.ts";
import { statisticOf } from "./statistic.ts";

export interface Widget {
  readonly dashboard: string;
  readonly kind: "metric" | "alarm" | "text" | "log";
  /** Empty where there is none. */
  readonly title: string;
  readonly metrics: readonly StatisticQuery[];
  readonly expressions: readonly string[];
  /** Names of the alarms that it shows, on its own or as an annotation. */
  readonly alarms: readonly string[];
}

/**
 * Throws on a body that is known only after apply (it holds an ARN that AWS makes: a name does in an alarm rule, and a state knows the ARN),
 * on a kind of widget that is not implemented, and on an expression that names an id that is not there or searches.
 */
export function widgetsFromPlan(shown: unknown): Widget[] {
  return resourcesOf(shown, ["aws_cloudwatch_dashboard"]).flatMap(({ address, values }) => {
    const { dashboard_name: dashboard, dashboard_body: body } = values;
    if (typeof body !== "string")
      throw new Error(
        `${address}: its body is known only after apply; name things in it instead of taking ARNs, or give the state`,
      );
    const parsed = v.safeParse(Body, JSON.parse(body));
    if (!parsed.success) throw new Error(`${address}: ${v.summarize(parsed.issues)}`);
    return parsed.output.widgets.map((widget, i) => {
      try {
        return { dashboard: String(dashboard), ...read(widget) };
      } catch (cause) {
        throw new Error(`${address}: widget ${i}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    });
  });
}

const Rendering = v.looseObject({
  id: v.optional(v.string()),
  expression: v.optional(v.string()),
  stat: v.optional(v.string()),
  period: v.optional(v.number()),
});
const Properties = v.looseObject({
  title: v.optional(v.string(), ""),
  metrics: v.optional(v.array(v.array(v.union([v.string(), Rendering]))), []),
  stat: v.optional(v.string(), "Average"),
  period: v.optional(v.number(), 300),
  alarms: v.optional(v.array(v.string()), []),
  annotations: v.optional(v.looseObject({ alarms: v.optional(v.array(v.string()), []) }), { alarms: [] }),
});
const Body = v.looseObject({
  widgets: v.array(v.looseObject({ type: v.picklist(["metric", "alarm", "text", "log"]), properties: Properties })),
});
type BodyWidget = v.InferOutput<typeof Body>["widgets"][number];

function read({ type, properties }: BodyWidget): Omit<Widget, "dashboard"> {
  const metrics: StatisticQuery[] = [];
  const expressions: Record<string, string> = {};
  const metricIds: string[] = [];
  let previous: readonly string[] = [];
  for (const [row, item] of properties.metrics.entries()) {
    const rendering = item.find((part) => typeof part !== "string") ?? {};
    if (rendering.expression !== undefined) {
      expressions[rendering.id ?? `expression ${row}`] = rendering.expression;
      continue;
    }
    if (rendering.id !== undefined) metricIds.push(rendering.id);
    previous = written(
      item.filter((part) => typeof part === "string"),
      previous,
    );
    const [namespace, name, ...dimensions] = previous;
    if (namespace === undefined || name === undefined || dimensions.length % 2 !== 0)
      throw new Error(`${JSON.stringify(item)} is no namespace, name and pairs of dimensions`);
    const statistic = rendering.stat ?? properties.stat;
    statisticOf(statistic, []); // throws on one that is not implemented
    metrics.push({
      namespace,
      name,
      dimensions: pairs(dimensions),
      statistic,
      periodSeconds: rendering.period ?? properties.period,
    });
  }
  // Evaluated once without data, so that an unknown id or function is found.
  const input = {
    metrics: Object.fromEntries(metricIds.map((id) => [id, [null]])),
    expressions,
    periodSeconds: properties.period,
  };
  for (const id of Object.keys(expressions)) mathValueOf(id, input);
  const alarms = [...properties.alarms, ...properties.annotations.alarms].map(alarmNameOf);
  return { kind: type, title: properties.title, metrics, expressions: Object.values(expressions), alarms };
}

/** `.` repeats what stands at its place in the metric before, a leading `...` all that the metric before has more. */
function written(parts: readonly string[], previous: readonly string[]): string[] {
  const [first, ...rest] = parts;
  const full = first === "..." ? [...previous.slice(0, previous.length - rest.length), ...rest] : parts;
  return full.map((part, i) => {
    if (part !== ".") return part;
    const repeated = previous[i];
    if (repeated === undefined) throw new Error(`${JSON.stringify(parts)} repeats what is not there`);
    return repeated;
  });
}

function pairs(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""]] : [])));
}
