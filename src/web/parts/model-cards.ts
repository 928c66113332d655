import { raw } from "hono/html";
import { Marked } from "marked";
import type * as v from "valibot";
import { escapeHtml } from "../../api/docs-layout.ts";
import type { ModelList } from "../../api/models.ts";
import { type Html, html } from "../html.ts";

type Models = v.InferOutput<typeof ModelList>["data"];

/** A card is signed with its model, yet nothing but text comes out of it: tags are shown as they stand, and links go nowhere else. */
const markdown = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    link: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    // The page has its own first two levels.
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + 2);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    table(token) {
      const cells = (row: typeof token.header, tag: string) =>
        row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("");
      const body = token.rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
      return `<div class="scroll" tabindex="0" role="region" aria-label="Table of the model card"><table><thead><tr>${cells(token.header, "th")}</tr></thead><tbody>${body}</tbody></table></div>`;
    },
  },
});

/** The models that score, with what they are signed as and what their makers say of them. */
export function modelCards(models: Models): Html {
  return html`
<section aria-labelledby="models"><h2 id="models">Model in use</h2>
${models.map(
  ({ name, version, digest, background_digest, card }) => html`
<div class="card">
<h3>${name} ${version}</h3>
<p><span class="badge completed">Signature verified</span> against the keys that this service trusts, over the very bytes in use; a model that was changed or is unsigned is never loaded.</p>
<dl class="facts">
<dt>Bundle, SHA-256</dt><dd><code>${digest}</code></dd>
<dt>Background of the explanations, SHA-256</dt><dd><code>${background_digest}</code></dd>
</dl>
<details><summary>Model card</summary><div class="model-card">${raw(String(markdown.parse(card, { async: false })))}</div></details>
</div>`,
)}
</section>`;
}
