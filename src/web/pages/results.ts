import type { UploadView } from "../../api/upload-view.ts";
import { html } from "../html.ts";
import type { Page, Visit } from "../page.ts";
import { uploadHead } from "../parts/upload-head.ts";
export async function resultsPage(_: Visit, upload: UploadView): Promise<Page> {
  return { title: upload.filename, section: "uploads", main: html`${uploadHead(upload, "results")}` };
}
