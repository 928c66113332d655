/** One run of the canary, read top to bottom: upload, wait, compare, delete. It leaves nothing, also when it fails. */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { limits } from "../limits.ts";
import type { GoldenCustomers } from "../model/golden-customers.ts";
import { compareGolden, PredictionPage } from "./compare-golden.ts";

/** What the canary asks and expects; of a model that does not score `golden` is null. */
export interface GoldenModel {
  readonly digest: string;
  readonly golden: GoldenCustomers | null;
}

/**
 * refused: the API answered otherwise than it should · failed: the upload ended without results · timeout: it did not end in time · mismatch:
 * other results than those that were signed · not_deleted: it cannot be taken away again · error: anything else.
 */
export type CanaryReason = "refused" | "failed" | "timeout" | "mismatch" | "not_deleted" | "error";

export interface CanaryFailure {
  readonly reason: CanaryReason;
  /** For the operator; nothing of a customer. */
  readonly problem: string;
  readonly cause?: unknown;
}

interface RunDeps {
  readonly call: (request: Request) => Promise<Response>;
  readonly model: () => GoldenModel;
}

interface RunOptions {
  readonly seconds: number;
  /** Aborted when the service stops: the run ends at once, and its result means nothing. */
  readonly stopping: AbortSignal;
}

/** `ok`: all is well · `superseded`: another version scored than serves here, so that there was nothing to compare with. */
export type CanaryOutcome = "ok" | "superseded" | CanaryFailure;

/** Never throws. */
export async function runCanary(deps: RunDeps, options: RunOptions): Promise<CanaryOutcome> {
  const ended = AbortSignal.any([options.stopping, AbortSignal.timeout(options.seconds * 1_000)]);
  const state: RunState = { sent: null, status: "not accepted" };
  let outcome: CanaryOutcome;
  try {
    outcome = await sendAndCompare(deps, ended, state);
  } catch (error) {
    if (ended.aborted) {
      outcome = { reason: "timeout", problem: `After ${options.seconds} s the upload was ${state.status}.` };
    } else if (error instanceof Refusal) outcome = { reason: error.reason, problem: error.message };
    else outcome = { reason: "error", problem: "The run itself failed.", cause: error };
  }
  try {
    await clean(deps, state);
  } catch (cause) {
    if (outcome === "ok") outcome = { reason: "not_deleted", problem: "Its upload could not be deleted.", cause };
  }
  return outcome;
}

interface RunState {
  /** Id of the upload, as soon as the API answers; null before there is a call. */
  sent: Promise<string> | null;
  status: string;
}

class Refusal extends Error {
  readonly reason: CanaryReason;
  constructor(reason: CanaryReason, message: string) {
    super(message);
    this.name = "Refusal";
    this.reason = reason;
  }
}

const sendPath = "/v1/uploads?filename=canary.csv&decimal=.";
const Accepted = v.object({ upload_id: v.string() });
const Facts = v.object({
  status: v.string(),
  model: v.nullable(v.object({ digest: v.string() })),
  error: v.nullable(v.object({ code: v.string() })),
});
const Listed = v.object({ data: v.array(v.object({ upload_id: v.string(), created_at: v.string() })) });
const Problem = v.object({ code: v.string() });

async function sendAndCompare(deps: RunDeps, ended: AbortSignal, state: RunState): Promise<CanaryOutcome> {
  const { digest, golden } = deps.model();
  if (golden === null) throw new Refusal("error", "The model has no golden customers.");
  const ask = createAsk(deps.call, ended);
  // Not let go at the end of the time: what it makes must be deleted.
  state.sent = createAsk(deps.call, null)(Accepted, "POST", sendPath, golden.csv).then(({ upload_id }) => upload_id);
  const upload = `/v1/uploads/${await Promise.race([state.sent, whenAborted(ended)])}`;
  state.status = "pending";
  for (;;) {
    const facts = await ask(Facts, "GET", upload);
    state.status = facts.status;
    if (facts.status === "completed") {
      if (facts.model?.digest !== digest) return "superseded";
      break;
    }
    if (facts.status !== "pending" && facts.status !== "processing") {
      throw new Refusal("failed", `The upload ended as ${facts.status} (${facts.error?.code ?? "no error"}).`);
    }
    await sleep(limits.canaryPollMilliseconds, undefined, { signal: ended });
  }
  const page = await ask(PredictionPage, "GET", `${upload}/predictions?order=row&limit=${limits.pageRows}`);
  const difference = compareGolden(page, golden.rows);
  return difference === null ? "ok" : { reason: "mismatch", problem: `${difference}.` };
}

/** Its own upload, and those that a run left behind when its process died. */
async function clean({ call }: RunDeps, { sent }: RunState): Promise<void> {
  const late = AbortSignal.timeout(limits.canaryRequestMilliseconds);
  const ask = createAsk(call, late);
  // What was refused is not there.
  const uploadId = await Promise.race([sent?.catch(() => null) ?? null, whenAborted(late)]);
  if (uploadId !== null) await ask(null, "DELETE", `/v1/uploads/${uploadId}`);
  const { data } = await ask(Listed, "GET", "/v1/uploads?limit=100");
  for (const { upload_id, created_at } of data) {
    const age = Date.now() - Date.parse(created_at);
    if (age > limits.canaryLeftoverSeconds * 1_000) await ask(null, "DELETE", `/v1/uploads/${upload_id}`);
  }
}

type Ask = <const S extends v.GenericSchema>(
  schema: S | null,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: string,
) => Promise<v.InferOutput<S>>;

/** `ended` lets go of whoever waits; null: waits for the answer, however long. */
function createAsk(call: RunDeps["call"], ended: AbortSignal | null): Ask {
  const late = ended === null ? [] : [whenAborted(ended)];
  return async (schema, method, path, body) => {
    const csv = body === undefined ? {} : { body, headers: { "content-type": "text/csv" } };
    const answered = call(new Request(`http://localhost${path}`, { method, ...csv })).then(async (response) => ({
      status: response.status,
      ok: response.ok,
      text: await response.text(),
    }));
    // A part that hangs must not take the canary with it; who waits is let go.
    const response = await Promise.race([answered, ...late]);
    if (!response.ok) {
      const problem = v.safeParse(v.pipe(v.string(), v.parseJson(), Problem), response.text);
      const code = problem.success ? problem.output.code : "no problem document";
      throw new Refusal("refused", `${method} of the canary answered ${response.status} (${code}).`);
    }
    return schema === null ? undefined : v.parse(v.pipe(v.string(), v.parseJson(), schema), response.text);
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // It may come when nobody races any more.
  aborted.catch(() => undefined);
  return aborted;
}
