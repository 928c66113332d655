/** The customers most at risk with their reasons, drawn for a terminal. */
import type { PredictionView } from "../api/presented.ts";
import type { UploadFacts } from "./demo.ts";

const barWidth = 20;

export function riskPicture(facts: UploadFacts, customers: readonly PredictionView[], colour: boolean): string {
  const paint = (code: string, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { tiers } = facts.summary;
  const { scored, rejected } = facts.rows;
  const lines = [
    "",
    paint(
      "1",
      `${scored} customers scored, ${rejected} set aside · ${tiers.high} high risk · ${tiers.medium} medium · ${tiers.low} low`,
    ),
    "",
  ];
  for (const issue of facts.issues)
    lines.push(paint("2", `  ${issue.severity === "info" ? "·" : "!"} ${issue.count} × ${issue.message}`));
  lines.push("");
  for (const customer of customers) {
    const percent = `${(customer.churn_probability * 100).toFixed(1)} %`.padStart(7);
    const filled = Math.round(customer.churn_probability * barWidth);
    const bar = paint(customer.risk_tier === "high" ? "31" : "33", "█".repeat(filled)) + "░".repeat(barWidth - filled);
    lines.push(
      `  ${paint("1", (customer.customer_id ?? `row ${customer.row}`).padEnd(12))} ${bar} ${percent}  ${customer.risk_tier}`,
    );
    for (const reason of customer.reasons.slice(0, 3)) {
      const arrow = reason.direction === "raises" ? paint("31", "▲") : paint("32", "▼");
      const sign = reason.shap_value < 0 ? "−" : "+";
      const beside = reason.comparison === null ? "" : paint("2", `  ${reason.comparison.text}`);
      lines.push(`      ${arrow} ${reason.text.padEnd(44)} ${sign}${Math.abs(reason.shap_value).toFixed(2)}${beside}`);
    }
    lines.push("");
  }
  lines.push(paint("2", "  ▲ goes with a higher, ▼ with a lower risk; numbers are exact SHAP values in log-odds."), "");
  return lines.join("\n");
}
