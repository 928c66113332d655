import { type Html, html, nothing } from "./html.ts";
import type { Page, Section } from "./page.ts";

const sections: readonly (readonly [Section, string, string])[] = [
  ["uploads", "/", "Uploads"],
  ["mappings", "/mappings", "Columns"],
  ["operations", "/operations", "Operations"],
  ["api", "/docs", "API"],
];

/** A page as a whole document. */
export async function renderPage(
  { title, section, main, scripts = [] }: Page,
  visitor: { readonly open: boolean },
): Promise<string> {
  const document = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · RetainWise</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${["page.js", ...scripts].map((name) => html`<script type="module" src="/assets/${name}"></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="head">
<a class="brand" href="/">RetainWise</a>
<nav aria-label="Sections">${sections.map(([name, href, text]) => sectionLink(href, text, name === section))}</nav>
${visitor.open ? nothing : html`<form method="post" action="/sign-out" class="leave"><button class="link">Sign out</button></form>`}
</header>
<main id="main" tabindex="-1">${main}</main>
</body>
</html>
`;
  return String(document);
}

function sectionLink(href: string, text: string, here: boolean): Html {
  return here ? html`<a href="${href}" aria-current="true">${text}</a>` : html`<a href="${href}">${text}</a>`;
}
