import { errorKinds } from "../error-kinds.ts";
import type { ErrorCode } from "../errors.ts";
import { type IssueCode, isIssueCode, issueKinds } from "../issue-kinds.ts";
import { escapeHtml, prose, renderLayout } from "./docs-layout.ts";

/** /docs/errors: one entry for each code, under the anchor that a problem's `type` names. */
export function renderErrorsPage(): string {
  const codes = Object.keys(errorKinds).filter((code): code is ErrorCode => code in errorKinds);
  const issueCodes = Object.keys(issueKinds).filter(isIssueCode);
  return renderLayout({
    title: "Errors · RetainWise",
    nav: `<ul>${codes.map((code) => `<li><a href="#${code}"><code>${code}</code></a></li>`).join("")}</ul>
<h2>Issues of a file</h2><ul>${issueCodes.map((code) => `<li><a href="#issue-${code}"><code>${code}</code></a></li>`).join("")}</ul>`,
    main: `<h1>Errors</h1>
<p class="lead">Every error is an <code>application/problem+json</code> document (RFC 9457). Programs look at <code>code</code>, which does not
change; people read <code>detail</code>, which says where. The last part of <code>instance</code> is the <code>x-request-id</code> to name to the operator.</p>
${codes.map(renderError).join("\n")}
<h1 id="issues">Issues of a file</h1>
<p class="lead">A file that was read is told what is worth knowing of it: <code>issues</code> of an upload, each counted, and <code>problems</code>, where issues
with one root cause are together with the customers and the monthly revenue that were not scored because of it.</p>
${issueCodes.map(renderIssue).join("\n")}`,
  });
}

function renderError(code: ErrorCode): string {
  const { status, title, remedy, fault, retryable } = errorKinds[code];
  const who = fault === "client" ? "to be mended by the caller" : "ours";
  return `<section class="error" id="${code}">
<h2><a href="#${code}"><code>${code}</code></a> <span class="status s${String(status)[0]}">${status}</span></h2>
<p><strong>${escapeHtml(title)}.</strong> ${prose(remedy)}</p>
<p class="quiet">${who}; ${retryable ? "the same request may succeed later" : "the same request fails again"}</p>
</section>`;
}

function renderIssue(code: IssueCode): string {
  const { title, remedy } = issueKinds[code];
  return `<section class="error" id="issue-${code}">
<h2><a href="#issue-${code}"><code>${code}</code></a></h2>
<p><strong>${escapeHtml(title)}.</strong> ${prose(remedy)}</p>
</section>`;
}
