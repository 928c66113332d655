import type { UploadView } from "../../api/upload-view.ts";
import { type Html, html, nothing } from "../html.ts";
import { count } from "./format.ts";
import { moment } from "./moment.ts";

export type UploadTab = "results" | "problems" | "mapping" | "changes";

const tabs: readonly (readonly [UploadTab, string, string])[] = [
  ["results", "", "Results"],
  ["problems", "/problems", "Problems"],
  ["mapping", "/mapping", "Columns"],
  ["changes", "/changes", "What changed"],
];

/** What stands above every page of one upload: its name, how it is, and the way to its other pages. */
export function uploadHead(upload: UploadView, here: UploadTab | null): Html {
  const { upload_id, filename, status, created_at } = upload;
  return html`
<p class="quiet"><a href="/">Uploads</a></p>
<h1 class="theirs">${filename}</h1>
<p class="quiet row"><span class="badge ${status}">${statusWords[status]}</span> <span>uploaded ${moment(created_at)}</span></p>
${
  status === "completed"
    ? html`<nav class="tabs" aria-label="This upload">${tabs.map(([tab, ending, text]) =>
        tabLink(`/uploads/${upload_id}${ending}`, text, tab === here, tab === "problems" ? upload.issues.length : 0),
      )}</nav>`
    : nothing
}`;
}

export const statusWords: Readonly<Record<UploadView["status"], string>> = {
  pending: "Waiting",
  processing: "Running",
  needs_mapping: "Has a question",
  completed: "Done",
  failed: "Failed",
};

function tabLink(href: string, text: string, here: boolean, things: number): Html {
  const number = things === 0 ? nothing : html`<span class="count">${count(things)}</span>`;
  return here
    ? html`<a href="${href}" aria-current="page">${text}${number}</a>`
    : html`<a href="${href}">${text}${number}</a>`;
}
