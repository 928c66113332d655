import type { UploadView } from "../../api/upload-view.ts";
import { type Html, html } from "../html.ts";

/** The button and the question before it; `client/delete.js` does it. */
export function deleteUpload({ upload_id, filename }: UploadView): Html {
  return html`<p><button type="button" class="link" data-delete="${upload_id}" data-name="${filename}">Delete this upload</button></p>
${deleteDialog}`;
}

export const deleteDialog = html`
<dialog id="delete-dialog" aria-labelledby="delete-title">
<h2 id="delete-title">Delete this upload?</h2>
<p>The file, its results and everything made of it are gone for good.</p>
<p class="cut" id="delete-name"></p>
<p class="row"><button class="danger" id="delete-yes">Delete it</button> <button id="delete-no">Keep it</button></p>
<p role="alert" id="delete-failed"></p>
</dialog>`;
