import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { examples } from "./examples.ts";
import { headProblems } from "./head-problems.ts";
import { checkRepetition, idempotencyHeader, uploadIdFor } from "./idempotency.ts";
import { type Operation, operation } from "./operation.ts";
import { type ReceivedUpload, receiveUpload } from "./receive-upload.ts";
import { plainText } from "./request-values.ts";
import { sendJson } from "./send-json.ts";
import type { Services, Upload } from "./services.ts";
import { removeFile } from "./store-file.ts";
import { csvMediaTypes } from "./upload-media.ts";
import { uploadFields } from "./upload-options.ts";
import { linksOf, UploadId, UploadLinks, UploadStatusName } from "./upload-view.ts";
import { createUploadsAtOnce } from "./uploads-at-once.ts";
import { uuidv7 } from "./uuid.ts";

export const AcceptedUpload = v.strictObject({
  upload_id: UploadId,
  status: UploadStatusName,
  message: v.string(),
  links: UploadLinks,
});

const Query = v.strictObject({
  filename: v.exactOptional(
    v.pipe(plainText(1_000), v.description("Name of the file, for display; a form carries its own.")),
  ),
  ...uploadFields,
});

/** The form as documented; it is read as it arrives and each field parsed by `uploadFields`. */
export const UploadForm = v.strictObject({
  file: v.pipe(v.string(), v.metadata({ contentMediaType: "text/csv" }), v.description("The CSV.")),
  ...uploadFields,
});

/** POST /v1/uploads */
export function createUpload(services: Services): Operation {
  const oneOfFew = createUploadsAtOnce();
  return operation(
    {
      id: "createUpload",
      group: "Uploads",
      summary: "Upload a CSV of customers",
      description:
        "Stores the file and answers at once; the customers are scored in the background. The file comes as the field `file` of a form, or as the body itself; options as form fields (before or after the file) or in the address. With `corrects` the file is the corrected rejected.csv of another upload, and its rows are merged into that one.",
      headers: {
        [idempotencyHeader]:
          "A key of your own for this upload: a repetition with the same key, file and options answers with the first upload.",
      },
      body: [
        { media: "multipart/form-data", schema: UploadForm },
        ...csvMediaTypes.map((media) => ({
          media,
          schema: null,
          example: "customer_id,tenure,monthly_charges\r\nC-1001,4,79.90\r\n",
        })),
      ],
      answers: {
        202: {
          description: "Stored and waiting to be processed.",
          schema: AcceptedUpload,
          example: examples.acceptedUpload,
          headers: {
            location: "Address of the upload.",
            "idempotency-replayed": "true when an earlier request with this key made the upload.",
          },
        },
      },
      problems: [
        "bad_request",
        "multipart_malformed",
        "body_incomplete",
        "cross_origin",
        "too_large",
        "unsupported_media_type",
        ...headProblems,
        "model_not_found",
        "mapping_invalid",
        "not_found",
        "correction_refused",
        "idempotency_conflict",
        "storage_unavailable",
        "database_unavailable",
        "quota_exceeded",
        "overloaded",
      ],
    },
    { query: Query },
    async ({ tenantId, request, requestId, query, body }) => {
      const { uploads, log, workArrived } = services;
      const { uploadId, repeatable } = uploadIdFor(tenantId, request);
      const earlier = repeatable ? await uploads.getUpload(tenantId, uploadId) : null;
      // Two requests with one key may store at the same time: each has an object of its own, and the database picks the first.
      const objectKey = earlier === null ? `uploads/${tenantId}/${repeatable ? uuidv7() : uploadId}` : null;
      const received = await oneOfFew(tenantId, () =>
        receiveUpload(services, {
          request,
          body,
          given: givenOptions(request),
          filename: query.filename,
          tenantId,
          objectKey,
        }),
      );
      if (earlier !== null) return accepted(repeated(earlier, received), true);
      const { upload, replayed } = await insertUpload(services, tenantId, uploadId, received, repeatable);
      if (!replayed) workArrived();
      log("upload.accepted", { request_id: requestId, upload_id: upload.uploadId, bytes: upload.bytes, replayed });
      return accepted(upload, replayed);
    },
  );
}

/** The options in the address as text: together with the form's fields they are parsed once more, as a whole. */
function givenOptions(request: Request): [string, string][] {
  return [...new URL(request.url).searchParams].filter(([name]) => name !== "filename");
}

/**
 * The upload's row; when the database refuses it the object goes. When the database did not answer, the row may be there all the same: its commit
 * may have been done and only the answer lost, and then the object is the upload's. With a key, another request may have been faster: then its upload is
 * the answer.
 */
async function insertUpload(
  services: Services,
  tenantId: string,
  uploadId: string,
  received: ReceivedUpload,
  repeatable: boolean,
): Promise<{ upload: Upload; replayed: boolean }> {
  const { uploads } = services;
  const { file, filename, options } = received;
  const { bytes, sha256, objectKey } = file;
  if (objectKey === null) throw new RetainWiseError("internal", "An upload without an object.");
  try {
    return {
      upload: await uploads.insertUpload(tenantId, { uploadId, filename, objectKey, bytes, sha256, options }),
      replayed: false,
    };
  } catch (error) {
    if (error instanceof RetainWiseError && error.code === "database_unavailable") {
      services.log("object.unclaimed", { object_key: objectKey });
      throw error;
    }
    await removeFile(services, file);
    const first = repeatable ? await uploads.getUpload(tenantId, uploadId) : null;
    if (first === null) throw error;
    return { upload: repeated(first, received), replayed: true };
  }
}

function repeated(first: Upload, received: ReceivedUpload): Upload {
  checkRepetition(first, received);
  return first;
}

function accepted(upload: Upload, replayed: boolean): Response {
  const links = linksOf(upload.uploadId);
  const message = replayed
    ? "An earlier request with this Idempotency-Key made this upload."
    : "The file is stored and waiting to be processed.";
  const headers = { location: links.self, ...(replayed ? { "idempotency-replayed": "true" } : {}) };
  return sendJson<typeof AcceptedUpload>(
    { upload_id: upload.uploadId, status: upload.status, message, links },
    202,
    headers,
  );
}
