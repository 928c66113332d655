import { html, raw } from "hono/html";

/** HTML that is escaped already; a promise where one of its parts waits. */
export type Html = ReturnType<typeof html>;

export { html };

/** Nothing to show. */
export const nothing: Html = raw("");

/** Several pieces in a row. */
export function join(parts: readonly Html[]): Html {
  return html`${[...parts]}`;
}
