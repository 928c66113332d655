import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { examples } from "./examples.ts";
import { readJson } from "./json-body.ts";
import { type Operation, operation } from "./operation.ts";
import { sendJson } from "./send-json.ts";
import type { DeadLetters, Services } from "./services.ts";

export const DeadLetterList = v.strictObject({
  data: v.array(
    v.strictObject({
      message_id: v.string(),
      upload_id: v.pipe(v.nullable(v.string()), v.description("Null for a message that is not one of ours.")),
      code: v.pipe(v.nullable(v.string()), v.description("Why the upload was given up; null when it is gone.")),
      receives: v.pipe(v.number(), v.integer(), v.description("How often it was tried.")),
      dead_at: v.pipe(
        v.nullable(v.pipe(v.string(), v.isoTimestamp())),
        v.description("Null where the queue does not tell (SQS)."),
      ),
    }),
  ),
});
export type DeadLetterList = v.InferOutput<typeof DeadLetterList>;

export const Redrive = v.strictObject({
  code: v.pipe(
    v.exactOptional(v.nullable(v.pipe(v.string(), v.maxLength(100))), null),
    v.description("Only those of this error code; all where it is not given."),
  ),
});
export const Redriven = v.strictObject({
  moved: v.pipe(v.number(), v.integer(), v.description("Messages that are back on the queue.")),
});

/** GET /v1/dead-letters */
export function listDeadLetters({ deadLetters }: Services): Operation {
  return operation(
    {
      id: "listDeadLetters",
      group: "Service",
      summary: "List what was given up",
      description:
        "Messages whose upload was tried too often, oldest first. Where callers are identified the queue holds everyone's messages, and only the operator's command `dlq list` shows them.",
      answers: { 200: { description: "The dead letters.", schema: DeadLetterList, example: examples.deadLetters } },
      problems: ["not_found", "database_unavailable", "queue_unavailable"],
    },
    {},
    async () =>
      sendJson<typeof DeadLetterList>({
        data: (await own(deadLetters).list()).map(({ messageId, uploadId, code, receives, deadAt }) => ({
          message_id: messageId,
          upload_id: uploadId,
          code,
          receives,
          dead_at: deadAt?.toISOString() ?? null,
        })),
      }),
  );
}

/** POST /v1/dead-letters/redrive */
export function redriveDeadLetters({ deadLetters }: Services): Operation {
  return operation(
    {
      id: "redriveDeadLetters",
      group: "Service",
      summary: "Try again what was given up",
      description: "Puts dead letters back on the queue with a fresh count; their uploads are pending again.",
      body: [{ media: "application/json", schema: Redrive, example: { code: "poison" } }],
      answers: { 200: { description: "How many.", schema: Redriven, example: { moved: 1 } } },
      problems: [
        "not_found",
        "bad_request",
        "body_incomplete",
        "cross_origin",
        "too_large",
        "unsupported_media_type",
        "database_unavailable",
        "queue_unavailable",
      ],
    },
    {},
    async ({ request, body }) => {
      const { code } = await readJson(request, body, Redrive);
      return sendJson<typeof Redriven>({ moved: await own(deadLetters).redrive(code) });
    },
  );
}

function own(deadLetters: DeadLetters | null): DeadLetters {
  if (deadLetters !== null) return deadLetters;
  throw new RetainWiseError(
    "not_found",
    "Callers are identified here, and the queue holds everyone's messages: the operator's command `dlq list` shows them.",
  );
}
