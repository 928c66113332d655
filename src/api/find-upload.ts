import { RetainWiseError } from "../errors.ts";
import type { Services, Upload } from "./services.ts";

/** The upload of that id. Throws `not_found`, for another tenant's id as well. */
export async function findUpload(
  { uploads }: Pick<Services, "uploads">,
  tenantId: string,
  uploadId: string,
): Promise<Upload> {
  return (await uploads.getUpload(tenantId, uploadId)) ?? noSuchUpload();
}

/** The upload with its results. Throws `not_found`, or `not_ready` with the state it is in. */
export async function findCompletedUpload(
  services: Pick<Services, "uploads">,
  tenantId: string,
  uploadId: string,
): Promise<Upload> {
  const upload = await findUpload(services, tenantId, uploadId);
  if (upload.status !== "completed") throw notReady(upload);
  return upload;
}

export function noSuchUpload(): never {
  throw new RetainWiseError("not_found", "There is no upload with this id.");
}

export function notReady(upload: Upload): RetainWiseError {
  const { status, error, progress } = upload;
  const reason = error === null ? "" : ` ${error.title} (${error.code}): ${error.detail} ${error.remedy}`;
  const done = status === "processing" ? ` (${Math.floor(progress * 100)} % done)` : "";
  return new RetainWiseError("not_ready", `The upload's status is ${status}${done}.${reason}`, {
    issues:
      error === null
        ? [{ code: status, detail: `The upload is ${status}.` }]
        : [{ code: error.code, detail: error.detail }],
  });
}
