import { errorKinds } from "../error-kinds.ts";
import { keyHeader, originMark, renderCurl } from "./docs-curl.ts";
import { escapeHtml, prose, renderLayout } from "./docs-layout.ts";
import { answerSchema, componentSchemas, type JsonSchema, requestSchema, textSchema } from "./json-schema.ts";
import { problemsOf } from "./openapi.ts";
import type { Answer, Operation, Parameters, RequestMedia } from "./operation.ts";
import type { Route } from "./route.ts";
import { outlineSchema } from "./schema-outline.ts";

type Components = Readonly<Record<string, JsonSchema>>;

/** /docs: every call, made from the table of routes. */
export function renderDocsPage(routes: readonly Route[], identified: boolean): string {
  const components = componentSchemas();
  const groups = [...new Set(routes.map((route) => route.operation.group))];
  const of = (group: string) => routes.filter((route) => route.operation.group === group);
  return renderLayout({
    title: "API · RetainWise",
    nav: groups.map((group) => `<h2>${escapeHtml(group)}</h2><ul>${of(group).map(renderLink).join("")}</ul>`).join(""),
    main: `${introduction(identified)}${groups
      .map(
        (group) =>
          `<h2 class="group">${escapeHtml(group)}</h2>${of(group)
            .map((route) => renderCall(route, components, identified))
            .join("\n")}`,
      )
      .join("\n")}`,
  });
}

const introduction = (identified: boolean): string => `<h1>RetainWise API</h1>
<p class="lead">Upload a CSV of customers; each gets a churn probability and the reasons for it: exact SHAP values, in log-odds.</p>
${identified ? keyField : ""}<pre class="shell"><code># upload a file
curl${keyed(identified)} -F file=@customers.csv ${originMark}/v1/uploads
# follow it
curl${keyed(identified)} -N ${originMark}/v1/uploads/UPLOAD_ID/events
# the customers most at risk, with reasons
curl${keyed(identified)} ${originMark}/v1/uploads/UPLOAD_ID/predictions?limit=10
# all of them, as CSV
curl${keyed(identified)} -OJ ${originMark}/v1/uploads/UPLOAD_ID/predictions.csv</code></pre>
<p>JSON in <code>snake_case</code>; fields may be added, so ignore those you do not know. Errors are problem documents: see <a href="/docs/errors">Errors</a>.
Send <code>x-request-id</code> to find a request again in the logs; every answer carries one. The same as a document for programs: <a href="/openapi.json">OpenAPI 3.1</a>.</p>
`;

const keyed = (identified: boolean): string => (identified ? ` ${keyHeader}` : "");

const keyField = `<p class="keyed"><label for="key">Your API key, for the examples on this page</label>
<input id="key" type="password" autocomplete="off" spellcheck="false"> <span class="quiet">It stays in this page.</span></p>`;

function renderLink({ method, path, operation: { id } }: Route): string {
  return `<li><a href="#${id}" title="${escapeHtml(path)}"><span class="method ${method.toLowerCase()}">${method}</span> ${escapeHtml(path.replace("/v1/uploads/{upload_id}/", "…/"))}</a></li>`;
}

function renderCall(route: Route, components: Components, identified: boolean): string {
  const { method, path, operation: call } = route;
  return `<article class="call" id="${call.id}">
<h3><span class="method ${method.toLowerCase()}">${method}</span> <a href="#${call.id}"><code>${escapeHtml(path)}</code></a></h3>
<p class="summary">${escapeHtml(call.summary)}</p>
<p>${prose(call.description)}</p>
${renderCurl(route, identified)}${renderParameters(call)}${renderBody(call.body ?? [], components)}${Object.entries(
  call.answers,
)
  .map(([status, answer]) => renderAnswer(status, answer, components))
  .join("")}${renderProblems(call)}</article>`;
}

function renderParameters(call: Operation): string {
  const { params, query, headers = {} } = call;
  const rows = [
    ...parameterRows(params, "path"),
    ...parameterRows(query, "query"),
    ...Object.entries(headers).map(([name, text]) => [name, "header", "string", text] as const),
  ];
  if (rows.length === 0) return "";
  const cells = rows.map(
    ([name, place, type, about]) =>
      `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${place}</td><td>${escapeHtml(type)}</td><td>${prose(about)}</td></tr>`,
  );
  return `<h4>Parameters</h4><div class="scroll" tabindex="0" role="region" aria-label="Parameters of ${call.id}"><table><thead><tr><th>Name</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${cells.join("")}</tbody></table></div>`;
}

function parameterRows(parameters: Parameters | null, place: string): (readonly [string, string, string, string])[] {
  return Object.entries(parameters?.entries ?? {}).map(([name, entry]) => {
    const schema = textSchema(entry);
    const range = [
      ...bound(schema, "minimum", "from"),
      ...bound(schema, "maximum", "to"),
      ...bound(schema, "default", "otherwise"),
    ];
    const type = outlineSchema(schema, {}).replaceAll(/\s+/g, " ");
    return [name, place, [type, ...range].join(" "), String(schema.description ?? "")] as const;
  });
}

function bound(schema: JsonSchema, key: string, word: string): string[] {
  return schema[key] === undefined ? [] : [`${word} ${String(schema[key])}`];
}

function renderBody(body: readonly RequestMedia[], components: Components): string {
  const texts = body.filter((media) => media.schema === null).map(({ media }) => `<code>${escapeHtml(media)}</code>`);
  const shaped = body.flatMap(({ media, schema, example }) => {
    if (schema === null) return [];
    const outline = outlineSchema(
      media === "multipart/form-data" ? textSchema(schema) : requestSchema(schema),
      components,
    );
    const sample =
      example === undefined ? "" : `<pre><code>${escapeHtml(JSON.stringify(example, null, 2))}</code></pre>`;
    return [`<p><code>${escapeHtml(media)}</code></p><pre><code>${escapeHtml(outline)}</code></pre>${sample}`];
  });
  const raw = texts.length === 0 ? "" : `<p>Or the CSV itself, as ${texts.join(", ")} or without a type.</p>`;
  return body.length === 0 ? "" : `<h4>Body</h4>${shaped.join("")}${raw}`;
}

function renderAnswer(status: string, answer: Answer, components: Components): string {
  const { description, media, schema, example, headers = {} } = answer;
  const type = media ?? (schema === undefined ? "" : "application/json");
  const named = Object.entries(headers).map(
    ([name, text]) => `<li><code>${escapeHtml(name)}</code>: ${prose(text)}</li>`,
  );
  const sample = typeof example === "string" ? example : JSON.stringify(example, null, 2);
  return `<h4>Answer <span class="status s${status[0]}">${status}</span>${type === "" ? "" : ` <code>${escapeHtml(type)}</code>`}</h4>
<p>${prose(description)}</p>${named.length === 0 ? "" : `<ul>${named.join("")}</ul>`}${
    schema === undefined ? "" : renderDetails("Fields", outlineSchema(answerSchema(schema), components))
  }${example === undefined ? "" : renderDetails("Example", sample)}`;
}

function renderDetails(title: string, text: string): string {
  return `<details><summary>${title}</summary><pre><code>${escapeHtml(text)}</code></pre></details>`;
}

function renderProblems(call: Operation): string {
  const codes = problemsOf(call).map(
    (code) =>
      `<a class="code s${String(errorKinds[code].status)[0]}" href="/docs/errors#${code}" title="${escapeHtml(errorKinds[code].title)}">${errorKinds[code].status} ${code}</a>`,
  );
  return `<h4>Errors</h4><p class="codes">${codes.join(" ")}</p>`;
}
