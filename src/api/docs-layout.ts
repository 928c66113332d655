/** Text with what HTML would read as markup made harmless. */
export function escapeHtml(text: string): string {
  const harmless: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => harmless[character]!);
}

/** Plain text in which `code` stands between backticks, as HTML. */
export function prose(text: string): string {
  return escapeHtml(text)
    .split("`")
    .map((part, index) => (index % 2 === 1 ? `<code>${part}</code>` : part))
    .join("");
}

/** A whole page around `nav` and `main`, which are HTML. */
export function renderLayout({ title, nav, main }: { title: string; nav: string; main: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/style.css">
<script type="module" src="/assets/docs.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">RetainWise</a>
<nav aria-label="Sections"><a href="/">Uploads</a><a href="/mappings">Columns</a><a href="/operations">Operations</a><a href="/docs" aria-current="true">API</a></nav>
</header>
<div class="columns">
<nav class="side" aria-label="On this page"><ul><li><a href="/docs">Calls</a></li><li><a href="/docs/errors">Errors</a></li><li><a href="/openapi.json">OpenAPI</a></li></ul>${nav}</nav>
<main id="main">${main}</main>
</div>
</body>
</html>
`;
}
