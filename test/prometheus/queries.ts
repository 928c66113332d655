/** What a PromQL expression reads, by Prometheus's own parser, and whether it is there. */
import type { Prometheus } from "./prometheus.ts";

interface Selector {
  readonly metric: string;
  /** Those that it is selected or grouped by. */
  readonly labels: readonly string[];
}

/** A node of `/api/v1/parse_query`. */
type Node = Readonly<Record<string, unknown>>;

/** Not the service's: CloudWatch's figures of a queue by prometheus/cloudwatch_exporter, and Prometheus's own of its rules. */
const fromElsewhere = /^(aws_sqs_|ALERTS$)/;

/** What is not there of the metrics and labels that the expressions read, and of how many metrics it was looked for. */
export async function missingIn(
  prometheus: Prometheus,
  expressions: readonly string[],
): Promise<{ missing: string[]; looked: number }> {
  const labels = new Map<string, Set<string>>();
  for (const query of expressions) {
    for (const selector of selectorsOf((await prometheus.get("parse_query", { query })) as Node, [])) {
      if (fromElsewhere.test(selector.metric)) continue;
      const known = labels.get(selector.metric) ?? new Set();
      for (const label of selector.labels) known.add(label);
      labels.set(selector.metric, known);
    }
  }
  const missing: string[] = [];
  for (const [metric, wanted] of labels) {
    const series = await prometheus.series(metric);
    if (series.length === 0) missing.push(metric);
    for (const label of wanted) if (!series.some((one) => label in one)) missing.push(`${metric}{${label}}`);
  }
  return { missing, looked: labels.size };
}

function selectorsOf(node: Node, grouping: readonly string[]): Selector[] {
  if (node["type"] === "vectorSelector" || node["type"] === "matrixSelector") {
    const matchers = (node["matchers"] as readonly { name: string }[]).map(({ name }) => name);
    return [{ metric: String(node["name"]), labels: [...grouping, ...matchers.filter((name) => name !== "__name__")] }];
  }
  const by = node["type"] === "aggregation" ? [...grouping, ...(node["grouping"] as readonly string[])] : grouping;
  return Object.values(node).flatMap((value) =>
    (Array.isArray(value) ? value : [value]).flatMap((child: unknown) =>
      typeof child === "object" && child !== null ? selectorsOf(child as Node, by) : [],
    ),
  );
}
