import type { UploadView } from "../../api/upload-view.ts";
import type { ShowPage } from "../page.ts";
import { failedPage } from "./failed.ts";
import { resultsPage } from "./results.ts";
import { runningPage } from "./running.ts";

/** One upload, whatever has become of it. */
export const uploadPage: ShowPage = async (visit) => {
  const upload = await visit.rest.get<UploadView>(`/v1/uploads/${visit.params["upload_id"]}`);
  switch (upload.status) {
    case "pending":
    case "processing":
      return runningPage(upload);
    case "needs_mapping":
      return { location: `/uploads/${upload.upload_id}/mapping` };
    case "failed":
      return failedPage(upload);
    case "completed":
      return resultsPage(visit, upload);
  }
};
