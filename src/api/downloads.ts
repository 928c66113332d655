import * as v from "valibot";
import { toRetainWiseError } from "../errors.ts";
import { examples } from "./examples.ts";
import { attachment, downloadName } from "./filename.ts";
import { findCompletedUpload, findUpload, notReady } from "./find-upload.ts";
import { type Operation, operation } from "./operation.ts";
import { modelOf } from "./predictions.ts";
import { logFailure } from "./run-operation.ts";
import { startPieces, streamBody } from "./send-stream.ts";
import type { Services } from "./services.ts";
import { UploadParams } from "./uploads.ts";

const csvMedia = "text/csv; charset=utf-8";

/** GET /v1/uploads/{upload_id}/predictions.csv */
export function downloadPredictions(services: Services): Operation {
  const { uploads, models, sourceHeader, writeRecord } = services;
  return operation(
    {
      id: "downloadPredictions",
      group: "Results",
      summary: "Download all predictions as CSV",
      description:
        "The customer's own columns as they came, then `churn_probability`, `risk_tier`, `reason_1` to `reason_3`, in file order. Streamed; safe to open in a spreadsheet: cells that start like a formula are defused.",
      answers: {
        200: {
          description: "The CSV.",
          media: "text/csv",
          example: examples.predictionsCsv,
          headers: { "content-disposition": "A file name for the download." },
        },
      },
      problems: ["bad_request", "not_found", "not_ready", "model_unavailable", "database_unavailable"],
    },
    {
      params: UploadParams,
      query: v.strictObject({
        shap: v.exactOptional(
          v.pipe(
            v.picklist(["all", "none"]),
            v.description("all: one column shap_<feature> for each feature as well."),
          ),
        ),
      }),
    },
    async ({ tenantId, params, query, requestId }) => {
      const upload = await findCompletedUpload(services, tenantId, params.upload_id);
      const model = modelOf(models, upload);
      const shap = query.shap === "all";
      const header = `${sourceHeader(upload)},${writeRecord(model.resultColumns(shap))}`;
      const pieces = csvPieces(
        header,
        uploads.streamPredictions(tenantId, upload.uploadId),
        (prediction) => `${prediction.source},${model.resultLine(prediction, shap)}`,
      );
      return sendCsv(services, pieces, downloadName(upload.filename, "predictions"), requestId);
    },
  );
}

/** GET /v1/uploads/{upload_id}/rejected.csv */
export function downloadRejected(services: Services): Operation {
  const { uploads, rejectedRecords } = services;
  return operation(
    {
      id: "downloadRejected",
      group: "Results",
      summary: "Download the rows that were set aside",
      description:
        "Each row as it came, after `row`, `error_code` and `error`. Correct it and upload it with `corrects`: the corrected rows are merged into this upload. There for a failed upload as well, where its rows were read.",
      answers: {
        200: {
          description: "The CSV.",
          media: "text/csv",
          example: examples.rejectedCsv,
          headers: { "content-disposition": "A file name for the download." },
        },
      },
      problems: ["not_found", "not_ready", "database_unavailable"],
    },
    { params: UploadParams },
    async ({ tenantId, params, requestId }) => {
      const upload = await findUpload(services, tenantId, params.upload_id);
      const rowsWereRead = upload.status === "completed" || (upload.status === "failed" && upload.rowsRejected > 0);
      if (!rowsWereRead) throw notReady(upload);
      const { header, record } = rejectedRecords(upload);
      const pieces = csvPieces(header, uploads.streamRejections(tenantId, upload.uploadId), record);
      return sendCsv(services, pieces, downloadName(upload.filename, "rejected"), requestId);
    },
  );
}

async function sendCsv(
  { log }: Services,
  pieces: AsyncGenerator<string>,
  name: string,
  requestId: string,
): Promise<Response> {
  // The first piece is made before the answer begins, so a database that is down is answered with a problem, not with half a file.
  const started = await startPieces(pieces);
  const body = streamBody(started, {
    failed: (error) => logFailure(log, toRetainWiseError(error), requestId, "download"),
  });
  return new Response(body, { headers: { "content-type": csvMedia, "content-disposition": attachment(name) } });
}

/** One piece for each batch, the header with the first; records end in CRLF. */
async function* csvPieces<T>(
  header: string,
  batches: AsyncIterable<readonly T[]>,
  write: (item: T) => string,
): AsyncGenerator<string, void, undefined> {
  let piece = `${header}\r\n`;
  for await (const batch of batches) {
    for (const item of batch) piece += `${write(item)}\r\n`;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}
