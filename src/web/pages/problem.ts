import type { ProblemDocument } from "../../api/problem.ts";
import { html } from "../html.ts";
import type { Page } from "../page.ts";

/** What went wrong, where, and what to do next, in the words of the API. */
export function problemPage({ title, detail, remedy, code, status, instance }: ProblemDocument): Page {
  return {
    title,
    section: null,
    status,
    main: html`
<h1>${title}</h1>
<p class="lead">${detail}</p>
<p>${remedy}</p>
<p><a class="button" href="/">Go to the uploads</a></p>
<p class="quiet"><code>${code}</code> · <code>${instance}</code></p>`,
  };
}
