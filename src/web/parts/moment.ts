import { type Html, html } from "../html.ts";

/** A moment in UTC, until `client/page.js` writes it in the reader's own time. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}
