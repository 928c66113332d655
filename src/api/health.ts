import * as v from "valibot";
import { examples } from "./examples.ts";
import { type Operation, operation } from "./operation.ts";
import { sendJson } from "./send-json.ts";
import type { Services } from "./services.ts";

export const Liveness = v.strictObject({ status: v.literal("alive") });
export const Readiness = v.strictObject({
  status: v.picklist(["ready", "not_ready"]),
  parts: v.array(
    v.strictObject({
      part: v.string(),
      problem: v.pipe(v.nullable(v.string()), v.description("Why it does not work; null when it does.")),
    }),
  ),
});

/** How long the parts have to answer; load balancers give up after about this time. */
const readinessMilliseconds = 5_000;

/** GET /livez */
export function livez(): Operation {
  return operation(
    {
      access: "public",
      id: "livez",
      group: "Service",
      summary: "Whether the process is alive",
      description: "Touches nothing outside the process: a database that is down is no reason to restart it.",
      answers: { 200: { description: "It is.", schema: Liveness, example: examples.alive } },
      problems: [],
    },
    {},
    () => sendJson<typeof Liveness>({ status: "alive" }),
  );
}

/** GET /readyz */
export function readyz({ readiness, log }: Services): Operation {
  return operation(
    {
      access: "public",
      id: "readyz",
      group: "Service",
      summary: "Whether the service can take traffic",
      description: "Every part that must work, and what is wrong with those that do not.",
      answers: {
        200: { description: "All parts work.", schema: Readiness, example: examples.ready },
        503: { description: "At least one part does not work.", schema: Readiness, example: examples.notReady },
      },
      problems: [],
    },
    {},
    async ({ requestId }) => {
      const parts = await inTime(readiness()).catch((error: unknown) => {
        log("readiness.failed", { request_id: requestId }, error);
        return [{ part: "readiness", problem: "The check itself failed." }];
      });
      const ready = parts.every(({ problem }) => problem === null);
      const answer = {
        status: ready ? "ready" : "not_ready",
        parts: parts.map(({ part, problem }) => ({ part, problem })),
      } as const;
      return sendJson<typeof Readiness>(answer, ready ? 200 : 503);
    },
  );
}

type Parts = Awaited<ReturnType<Services["readiness"]>>;

async function inTime(parts: Promise<Parts>): Promise<Parts> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Parts>((resolve) => {
    const onTime = (): void => resolve([{ part: "readiness", problem: "The parts did not answer in time." }]);
    timer = setTimeout(onTime, readinessMilliseconds);
  });
  try {
    return await Promise.race([parts, late]);
  } finally {
    clearTimeout(timer);
  }
}
