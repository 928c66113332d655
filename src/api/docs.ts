import { originMark } from "./docs-curl.ts";
import { renderErrorsPage } from "./docs-errors-page.ts";
import { escapeHtml } from "./docs-layout.ts";
import { renderDocsPage } from "./docs-page.ts";
import { docsStyleSheet } from "./docs-style.ts";
import { type Operation, operation } from "./operation.ts";
import type { Route } from "./route.ts";
import type { Services } from "./services.ts";

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
} as const;

const htmlAnswer = { 200: { description: "The page.", media: "text/html" } } as const;

/** GET /docs */
export function docsPage({ open }: Services, routes: () => readonly Route[]): Operation {
  let page: string | undefined;
  return operation(
    {
      access: "public",
      id: "docs",
      group: "Service",
      summary: "This API as a page",
      description: "Every call with its parameters, answers and error codes. Works offline.",
      answers: htmlAnswer,
      problems: [],
    },
    {},
    ({ request }) => {
      page ??= renderDocsPage(routes(), !open);
      return new Response(page.replaceAll(originMark, escapeHtml(originOf(request))), { headers: pageHeaders });
    },
  );
}

/** Before a proxy that ends encryption the address is the same but for its scheme. */
function originOf(request: Request): string {
  const { origin, host } = new URL(request.url);
  return request.headers.get("x-forwarded-proto") === "https" ? `https://${host}` : origin;
}

/** GET /docs/errors */
export function docsErrors(): Operation {
  return operation(
    {
      access: "public",
      id: "docsErrors",
      group: "Service",
      summary: "Every error code as a page",
      description: "What each code means and what to do. The `type` of a problem document points here.",
      answers: htmlAnswer,
      problems: [],
    },
    {},
    () => new Response(renderErrorsPage(), { headers: pageHeaders }),
  );
}

/** GET /docs/style.css */
export function docsStyle(): Operation {
  return operation(
    {
      access: "public",
      id: "docsStyle",
      group: "Service",
      summary: "The pages' style sheet",
      description: "For the pages under /docs.",
      answers: { 200: { description: "The style sheet.", media: "text/css" } },
      problems: [],
    },
    {},
    () =>
      new Response(docsStyleSheet, {
        headers: { "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" },
      }),
  );
}
