import * as v from "valibot";
import { toRetainWiseError } from "../errors.ts";
import { examples } from "./examples.ts";
import { findUpload } from "./find-upload.ts";
import { type Operation, operation } from "./operation.ts";
import { logFailure } from "./run-operation.ts";
import { streamBody } from "./send-stream.ts";
import type { Services, Upload } from "./services.ts";
import { Rows, rowsOf, UploadFailure, UploadId, UploadStatusName } from "./upload-view.ts";
import { UploadParams } from "./uploads.ts";

/** The data of both kinds of event. */
export const UploadEvent = v.strictObject({
  upload_id: UploadId,
  status: UploadStatusName,
  progress: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  rows: Rows,
  error: v.nullable(UploadFailure),
});

export interface EventTimes {
  readonly pollMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /** Ends every stream: the service is stopping. */
  readonly stopping: AbortSignal;
}

/** Id of the event after which nothing more will come. */
const lastEventId = "end";

/** GET /v1/uploads/{upload_id}/events */
export function streamEvents(services: Services, times: EventTimes): Operation {
  return operation(
    {
      id: "streamUploadEvents",
      group: "Uploads",
      summary: "Follow an upload",
      description:
        "Server-sent events: `status` when the status changes (the first at once), `progress` while it is processed; comments keep the connection open. The stream ends after `completed` or `failed`.",
      headers: {
        "last-event-id":
          "Sent by browsers when they connect again; after the last event the answer is 204 and they stop.",
      },
      answers: {
        200: {
          description: "Events; the data of each is JSON.",
          media: "text/event-stream",
          schema: UploadEvent,
          example: examples.uploadEvent,
        },
        204: { description: "The last event was received already; nothing more will come." },
      },
      problems: ["not_found", "database_unavailable"],
    },
    { params: UploadParams },
    async ({ tenantId, params, request, requestId }) => {
      const first = await findUpload(services, tenantId, params.upload_id);
      if (isTerminal(first) && request.headers.get("last-event-id") === lastEventId)
        return new Response(null, { status: 204 });
      const left = new AbortController();
      const body = streamBody(events(services, first, times, AbortSignal.any([left.signal, times.stopping])), {
        failed: (error) =>
          logFailure(services.log, toRetainWiseError(error), requestId, "GET /v1/uploads/{upload_id}/events"),
        left: () => left.abort(),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" } });
    },
  );
}

/** Each piece is one or more whole events, or a comment. */
async function* events(
  { uploads }: Services,
  first: Upload,
  { pollMilliseconds, heartbeatMilliseconds }: EventTimes,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  yield `retry: 2000\n\n${eventText("status", first)}`;
  let shown = first;
  let spokenAt = performance.now();
  while (!isTerminal(shown)) {
    await pause(pollMilliseconds, signal);
    if (signal.aborted) return;
    const now = await uploads.getUpload(shown.tenantId, shown.uploadId);
    // Deleted meanwhile: whoever connects again is told so.
    if (now === null) return;
    const changed = now.status !== shown.status ? "status" : progressOf(now) !== progressOf(shown) ? "progress" : null;
    shown = now;
    if (changed === null && performance.now() - spokenAt < heartbeatMilliseconds) continue;
    spokenAt = performance.now();
    yield changed === null ? ": still here\n\n" : eventText(changed, now);
  }
}

function eventText(kind: "status" | "progress", upload: Upload): string {
  const { uploadId, status, progress, error } = upload;
  const data: v.InferOutput<typeof UploadEvent> = {
    upload_id: uploadId,
    status,
    progress,
    rows: { ...rowsOf(upload) },
    error,
  };
  const id = isTerminal(upload) ? `id: ${lastEventId}\n` : "";
  return `event: ${kind}\n${id}data: ${JSON.stringify(data)}\n\n`;
}

function progressOf({ progress, rowsRead }: Upload): string {
  return `${progress} ${rowsRead}`;
}

function isTerminal({ status }: Upload): boolean {
  return status === "completed" || status === "failed";
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
}
