/** What `score` says on stderr when it is done. */
import { shorten } from "../features/issue.ts";
import type { NotScored } from "../features/problem-tally.ts";
import type { Schema } from "../features/schema.ts";
import type { Summary } from "../inference/summary.ts";
import { issueKinds } from "../issue-kinds.ts";
import type { UploadReport } from "../store/upload.ts";
import type { ScoreArguments } from "./score.ts";

const driftNotesShown = 3;
const mark = { error: "✗", warning: "!", info: "·" } as const;

export function describeIssues(report: UploadReport): string {
  return report.issues
    .map((issue) => {
      const first = issue.examples[0];
      const where =
        first === undefined
          ? ""
          : ` (first in row ${first.row}${first.customer_id === null ? "" : ` of ${first.customer_id}`}${first.value.trim() === "" ? "" : `: "${first.value}"`})`;
      return `${mark[issue.severity]} ${issue.count.toLocaleString("en-US")} × ${issue.code}: ${issue.message}${where}\n`;
    })
    .join("");
}

/** The warnings and errors by root cause, what costs most first, each with the next step. */
export function describeProblems({ problems, not_scored: total }: UploadReport): string {
  if (problems.length === 0) return "";
  const lines = problems.flatMap(({ cause, severity, columns, customers, not_scored: price }) => {
    const { title, remedy } = issueKinds[cause];
    const where =
      columns.length === 0 ? "" : ` (${columns.map((column) => JSON.stringify(shorten(column))).join(", ")})`;
    const cost = price.customers > 0 ? describeNotScored(price) : `${countOf(customers)} concerned`;
    return [`${mark[severity]} ${title}${where}: ${cost}`, `    ${remedy}`];
  });
  const causes = problems.filter(({ not_scored: { customers } }) => customers > 0).length;
  if (causes > 1) lines.push(`  together, each customer once: ${describeNotScored(total)}`);
  return `${lines.join("\n")}\n`;
}

function describeNotScored({ customers, monthly_revenue: revenue, revenue_known_for: known }: NotScored): string {
  const amount = revenue?.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const of = known < customers ? ` (known for ${known.toLocaleString("en-US")} of them)` : "";
  return `${countOf(customers)} not scored, monthly revenue ${amount === undefined ? "unknown" : `${amount}${of}`}`;
}

const countOf = (customers: number): string =>
  customers === 1 ? "1 customer" : `${customers.toLocaleString("en-US")} customers`;

/** What the customers were scored without, or "". */
export function describeMissing(report: UploadReport, schema: Schema): string {
  const labels = report.missing_features.map(
    (name) => schema.features.find((each) => each.name === name)?.label ?? name,
  );
  return labels.length === 0 ? "" : `· scored without ${labels.join(", ")}: no column of the file is taken for it\n`;
}

export function describeSummary(
  rows: { read: number; scored: number; rejected: number },
  summary: Summary,
  schema: Schema,
  given: Pick<ScoreArguments, "out" | "rejected">,
): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const share = (value: number) => `${((100 * value) / rows.scored).toFixed(1)} %`;
  const { high, medium, low } = summary.tiers;
  const lines = [
    `${number(rows.scored)} customers scored, ${number(rows.rejected)} set aside, ${number(rows.read)} read  (model ${schema.name} ${schema.version})`,
    `high risk ${number(high)} (${share(high)}) · medium ${number(medium)} (${share(medium)}) · low ${number(low)} (${share(low)})`,
    `what weighs most: ${summary.global_importance
      .slice(0, 3)
      .map((entry) => entry.label)
      .join(", ")}`,
  ];
  const { customers: outside, share: outsideShare } = summary.outside_training_range;
  if (outside > 0)
    lines.push(
      `${number(outside)} (${(100 * outsideShare).toFixed(1)} %) have a value outside what the model has seen in training`,
    );
  lines.push(...describeDrift(summary));
  if (given.out !== null) lines.push(`results: ${given.out}`);
  if (rows.rejected > 0) {
    lines.push(
      given.rejected === null
        ? "add --rejected FILE to get the rows that were set aside"
        : `set aside: ${given.rejected}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** A few lines at most: the most drifted features, and how much of the explanation rests on them. */
function describeDrift({ drift, drifted_attribution_share: share }: Summary): string[] {
  const notes = drift
    .toSorted((a, b) => (b.psi ?? 0) - (a.psi ?? 0))
    .flatMap(({ note }) => (note === null ? [] : [`! ${note}`]));
  if (notes.length === 0) return [];
  const shown = notes.slice(0, driftNotesShown);
  if (notes.length > shown.length) shown.push(`! ${notes.length - shown.length} more look unlike it, too`);
  return share === null
    ? shown
    : [...shown, `  ${Math.round(100 * share)} % of what weighs in the scores rests on such columns`];
}
