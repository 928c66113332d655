import { type Html, html } from "../html.ts";

/**
 * A small bar from the middle to the right for what raises a score, to the left for what lowers it; `most` (log-odds, above 0) fills a half. The number
 * stands beside it, so it is hidden from those who hear the page.
 */
export function shapBar(value: number, most: number): Html {
  const width = Math.min(50, (Math.abs(value) / most) * 50);
  const x = value < 0 ? 50 - width : 50;
  return html`<svg class="shap-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="${value < 0 ? "lowers" : "raises"}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10"/><path class="axis" vector-effect="non-scaling-stroke" d="M50 0V10"/></svg>`;
}
