import { escapeHtml } from "./docs-layout.ts";
import type { RequestMedia } from "./operation.ts";
import type { Route } from "./route.ts";

/** Stands for the address that the page was asked for under, until it is sent. */
export const originMark = "https://origin.invalid";
const sampleId = "0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10";
const sampleNames: Readonly<Record<string, string>> = {
  upload_id: sampleId,
  row: "17",
  name: "telecom",
  feature: "monthly_charges",
};

/** The call as a command line, as HTML; `identified`: with the place of a key, which `client/docs.js` fills in the reader's browser. */
export function renderCurl({ method, path, operation }: Route, identified: boolean): string {
  const address = `${originMark}${path.replace(/\{(\w+)\}/g, (_, name: string) => sampleNames[name] ?? name)}`;
  const key = identified && operation.access !== "public" ? [keyHeader] : [];
  const words = [
    "curl",
    ...(operation.id === "streamEvents" ? ["-N"] : []),
    ...(path.endsWith(".csv") ? ["-OJ"] : []),
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...key,
    ...(operation.body === undefined ? [] : [bodyOf(operation.body)]),
    escapeHtml(address),
  ];
  return `<pre class="shell"><code>${words.join(" ")}</code></pre>`;
}

/** A header with the reader's own key in it. */
export const keyHeader = `-H "Authorization: Bearer <span class="key">YOUR_KEY</span>"`;

function bodyOf(body: readonly RequestMedia[]): string {
  if (body.some(({ media }) => media === "multipart/form-data")) return "-F file=@customers.csv";
  const json = body.find(({ media }) => media === "application/json");
  if (json === undefined) return `-H "content-type: text/csv" --data-binary @customers.csv`;
  const text = JSON.stringify(json.example).replaceAll("'", "'\\''");
  return `-H "content-type: application/json" -d '${escapeHtml(text)}'`;
}
