import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { ChangeList, noComparison, viewComparison } from "./change-view.ts";
import type { ComparisonsAtOnce } from "./comparisons-at-once.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { examples } from "./examples.ts";
import { findCompletedUpload, notReady } from "./find-upload.ts";
import { type Operation, operation } from "./operation.ts";
import type { ExplainedChanges } from "./presented.ts";
import { CursorText, limitText, rowText } from "./request-values.ts";
import { sendJson } from "./send-json.ts";
import type { ChangedCustomer, Services, Upload } from "./services.ts";
import { UploadId } from "./upload-view.ts";
import { UploadParams } from "./uploads.ts";

/** GET /v1/uploads/{upload_id}/changes */
export function listChanges(services: Services, atOnce: ComparisonsAtOnce): Operation {
  const { uploads } = services;
  return operation(
    {
      id: "listChanges",
      group: "Results",
      summary: "List what changed since an earlier upload",
      description:
        "One page of the customers who were in an earlier upload as well, by their id: both scores, and the difference of the raw scores (log-odds) split exactly by feature, with the customer's previous row as the background, plus the part of a changed model. `churn_probability` is 1 / (1 + exp(−`raw_score`)); probabilities themselves are not split.",
      answers: { 200: { description: "A page of changes.", schema: ChangeList, example: examples.changeList } },
      problems: ["bad_request", "not_found", "not_ready", "comparison_too_large", "overloaded", "database_unavailable"],
    },
    {
      params: UploadParams,
      query: v.strictObject({
        since: v.exactOptional(
          v.pipe(
            UploadId,
            v.toLowerCase(),
            v.description(
              "The earlier upload to compare with; without it the latest completed one before this that a model of the same name scored.",
            ),
          ),
        ),
        limit: limitText(),
        cursor: CursorText,
        order: v.pipe(
          v.exactOptional(v.picklist(["size", "increase", "decrease"]), "size"),
          v.description("The largest change of the raw score first: in either direction, upward or downward."),
        ),
        row: v.exactOptional(v.pipe(rowText(), v.description("Only the customer of this row of the later upload."))),
      }),
    },
    async ({ tenantId, params, query: { since: sinceId, limit, cursor, order, row = null } }) => {
      const upload = await findCompletedUpload(services, tenantId, params.upload_id);
      const since =
        sinceId === undefined
          ? await uploads.findEarlierUpload(tenantId, upload.uploadId)
          : await findSince(services, tenantId, upload, sinceId);
      const scope = ["changes", upload.uploadId, since?.uploadId ?? null, order, row === null ? null : String(row)];
      const place = decodeCursor(scope, cursor);
      if (since === null) return sendJson<typeof ChangeList>({ data: [], next_cursor: null, ...noComparison });
      if (!isComparable(upload, since))
        throw new RetainWiseError(
          "comparison_too_large",
          `Uploads of ${limits.comparedRows} rows together are compared; these have ${upload.rowsScored + since.rowsScored}.`,
        );
      const ids = { uploadId: upload.uploadId, sinceId: since.uploadId };
      const found = await atOnce(() => uploads.compareUploads(tenantId, ids, { limit, cursor: place, order, row }));
      const explained = await explainPair(services, upload, since, found.customers);
      return sendJson<typeof ChangeList>({
        data: explained.changes,
        next_cursor: encodeCursor(scope, found.nextCursor),
        ...viewComparison(upload, since, explained, found.counts),
      });
    },
  );
}

/** Whether the two are small enough for it. */
export const isComparable = (upload: Upload, since: Upload): boolean =>
  upload.rowsScored + since.rowsScored <= limits.comparedRows;

export function explainPair(
  { predictor }: Pick<Services, "predictor">,
  upload: Upload,
  since: Upload,
  customers: readonly ChangedCustomer[],
): Promise<ExplainedChanges> {
  if (upload.model === null || since.model === null)
    throw new RetainWiseError("internal", "A completed upload without a model.");
  return predictor.explainChanges({ model: upload.model.digest, modelBefore: since.model.digest, customers });
}

/** Throws `not_found` for another tenant's upload too, `not_ready`, and `bad_request` for one that is not earlier. */
async function findSince(
  { uploads }: Pick<Services, "uploads">,
  tenantId: string,
  upload: Upload,
  sinceId: string,
): Promise<Upload> {
  const since = await uploads.getUpload(tenantId, sinceId);
  if (since === null) throw new RetainWiseError("not_found", "There is no upload with the id that since names.");
  if (since.status !== "completed") throw notReady(since);
  if (since.uploadId === upload.uploadId || since.createdAt > upload.createdAt) {
    const detail = "must name an upload that is earlier than this one";
    const issues = [{ code: "invalid", detail, parameter: "since" }];
    throw new RetainWiseError("bad_request", `since ${detail}.`, { issues });
  }
  return since;
}
