import { renderErrorsPage } from "./docs-errors-page.ts";
import { renderDocsPage } from "./docs-page.ts";
import { docsStyleSheet } from "./docs-style.ts";
import { type Operation, operation } from "./operation.ts";
import type { Route } from "./route.ts";

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
} as const;

const htmlAnswer = { 200: { description: "The page.", media: "text/html" } } as const;

/** GET /docs */
export function docsPage(routes: () => readonly Route[]): Operation {
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
    () => {
      page ??= renderDocsPage(routes());
      return new Response(page, { headers: pageHeaders });
    },
  );
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
