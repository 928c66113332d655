import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { examples } from "./examples.ts";
import { checkConstants, checkModelAndMapping } from "./feature-names.ts";
import { findUpload, noSuchUpload, notReady } from "./find-upload.ts";
import { readJson } from "./json-body.ts";
import { type Operation, operation } from "./operation.ts";
import { CursorText, limitText } from "./request-values.ts";
import { sendJson } from "./send-json.ts";
import type { Services } from "./services.ts";
import { AsOf, Constants, Mapping, Units } from "./upload-options.ts";
import { linksOf, UploadId, UploadView, viewUpload } from "./upload-view.ts";

export const UploadList = v.strictObject({
  data: v.array(UploadView),
  next_cursor: v.pipe(
    v.nullable(v.string()),
    v.description("Give it back as cursor for the next page; null on the last one."),
  ),
});

export const MappingAnswer = v.strictObject({
  mapping: v.exactOptional(Mapping),
  constants: v.exactOptional(Constants),
  units: v.exactOptional(Units),
  decimal: v.exactOptional(
    v.pipe(v.picklist([".", ","]), v.description("The decimal mark of the file, where that was the question.")),
  ),
  as_of: v.exactOptional(AsOf),
  remember: v.pipe(
    v.exactOptional(v.boolean(), false),
    v.description("Whether later files with these columns are mapped the same way, as long as their values fit."),
  ),
});

export const UploadParams = v.strictObject({ upload_id: v.pipe(UploadId, v.toLowerCase()) });

/** GET /v1/uploads */
export function listUploads({ uploads }: Services): Operation {
  return operation(
    {
      id: "listUploads",
      group: "Uploads",
      summary: "List uploads, newest first",
      description: "One page of uploads with their states.",
      answers: { 200: { description: "A page of uploads.", schema: UploadList, example: examples.uploadList } },
      problems: ["bad_request", "database_unavailable"],
    },
    { query: v.strictObject({ limit: limitText(), cursor: CursorText }) },
    async ({ tenantId, query: { limit, cursor } }) => {
      const scope = ["uploads"];
      const page = await uploads.listUploads(tenantId, { limit, cursor: decodeCursor(scope, cursor) });
      return sendJson<typeof UploadList>({
        data: page.uploads.map(viewUpload),
        next_cursor: encodeCursor(scope, page.nextCursor),
      });
    },
  );
}

/** GET /v1/uploads/{upload_id} */
export function getUpload(services: Services): Operation {
  return operation(
    {
      id: "getUpload",
      group: "Uploads",
      summary: "Get an upload",
      description: "State, progress, what was found out about the file, and what is wrong with it.",
      answers: { 200: { description: "The upload.", schema: UploadView, example: examples.upload } },
      problems: ["not_found", "database_unavailable"],
    },
    { params: UploadParams },
    async ({ tenantId, params }) =>
      sendJson<typeof UploadView>(viewUpload(await findUpload(services, tenantId, params.upload_id))),
  );
}

/** POST /v1/uploads/{upload_id}/mapping */
export function answerMapping(services: Services): Operation {
  const { uploads, workArrived } = services;
  return operation(
    {
      id: "answerMapping",
      group: "Uploads",
      summary: "Say which column is which",
      description:
        "Answers an upload whose status is `needs_mapping`; its processing goes on. The upload's `questions` and `missing_features` say what is asked.",
      body: [
        {
          media: "application/json",
          schema: MappingAnswer,
          example: { mapping: { tenure_months: "Months with us" }, remember: true },
        },
      ],
      answers: {
        202: {
          description: "The upload, waiting to be processed again.",
          schema: UploadView,
          example: { ...examples.upload, status: "pending", completed_at: null, summary: null },
          headers: { location: "Address of the upload." },
        },
      },
      problems: [
        "bad_request",
        "body_incomplete",
        "cross_origin",
        "not_found",
        "not_ready",
        "too_large",
        "unsupported_media_type",
        "mapping_invalid",
        "model_not_found",
        "database_unavailable",
      ],
    },
    { params: UploadParams },
    async ({ tenantId, params, request, body }) => {
      const answer = await readJson(request, body, MappingAnswer);
      const { mapping = {}, constants, units, decimal, as_of, remember } = answer;
      if (answer.mapping === undefined && Object.keys(constants ?? {}).length === 0)
        throw new RetainWiseError("bad_request", "The answer holds neither a mapping nor a constant.", {
          issues: [{ code: "invalid", detail: "Say which column holds what is asked.", pointer: "/mapping" }],
        });
      const upload = await findUpload(services, tenantId, params.upload_id);
      if (upload.status !== "needs_mapping") throw notReady(upload);
      const columns = { ...upload.options.mapping, ...mapping };
      checkModelAndMapping(services, upload.options.model, columns, units);
      checkConstants(services, upload.options.model, constants, mapping);
      const answered = await uploads.answerMapping(tenantId, params.upload_id, {
        mapping,
        ...(constants === undefined ? {} : { constants }),
        ...(units === undefined ? {} : { units }),
        decimal: decimal ?? null,
        ...(as_of === undefined ? {} : { asOf: as_of }),
        remember,
      });
      if (answered === null) throw notReady(await findUpload(services, tenantId, params.upload_id));
      workArrived();
      return sendJson<typeof UploadView>(viewUpload(answered), 202, { location: linksOf(answered.uploadId).self });
    },
  );
}

/** DELETE /v1/uploads/{upload_id} */
export function deleteUpload({ uploads, objects, log }: Services): Operation {
  return operation(
    {
      id: "deleteUpload",
      group: "Uploads",
      summary: "Delete an upload",
      description: "Removes the file, its results and work that is still pending.",
      answers: { 204: { description: "All of it is gone." } },
      problems: ["cross_origin", "not_found", "storage_unavailable", "database_unavailable"],
    },
    { params: UploadParams },
    async ({ tenantId, params, requestId }) => {
      const deleted = (await uploads.deleteUpload(tenantId, params.upload_id)) ?? noSuchUpload();
      try {
        await objects.delete(deleted.objectKey);
      } catch (cause) {
        log("object.orphaned", { request_id: requestId, object_key: deleted.objectKey }, cause);
        const detail =
          "The upload and its results are gone; the stored file could not be removed yet and is removed later.";
        throw new RetainWiseError("storage_unavailable", detail, { cause });
      }
      return new Response(null, { status: 204 });
    },
  );
}
