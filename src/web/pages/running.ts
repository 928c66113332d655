import type { UploadView } from "../../api/upload-view.ts";
import { html } from "../html.ts";
import type { Page } from "../page.ts";
import { deleteUpload } from "../parts/delete-upload.ts";
import { bytes } from "../parts/format.ts";
import { uploadHead } from "../parts/upload-head.ts";

/** An upload that waits or is worked on; goes to its result by itself. */
export function runningPage(upload: UploadView): Page {
  const { upload_id, progress, bytes: size, status } = upload;
  return {
    title: upload.filename,
    section: "uploads",
    scripts: ["running.js", "delete.js"],
    main: html`
${uploadHead(upload, null)}
<section class="card" id="running" data-upload="${upload_id}" aria-labelledby="running-title">
<h2 id="running-title">Scoring your customers</h2>
<p id="step" role="status">${status === "pending" ? "Waiting for its turn." : "Reading the file and scoring its customers."}</p>
<label for="progress" class="only-read">Progress</label>
<progress id="progress" max="1" value="${progress}"></progress>
<p id="rows" class="quiet">${bytes(size)}</p>
<p id="lost" class="notice warn" role="alert" hidden></p>
<p class="quiet">You can close this page; the work goes on. Its address stays the same, and the result will be here.</p>
</section>
${deleteUpload(upload)}`,
  };
}
