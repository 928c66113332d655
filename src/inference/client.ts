/**
 * The supervisor's side of the inference thread. It hands out bytes when asked, passes events on one by one, and never computes. A thread
 * that dies fails the calls under way; the next call starts another and loads the same models again.
 */
import { Worker } from "node:worker_threads";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { ModelInfo } from "../model/load.ts";
import { isCompiled } from "../runtime/program-folder.ts";
import type { StoredPrediction } from "../store/upload.ts";
import type {
  Customer,
  DifferenceOutcome,
  DifferenceRequest,
  PredictOutcome,
  Suggestion,
  SuggestionRequest,
} from "./answers.ts";
import type { CallResult, FromThread, LoadRequest, ToThread } from "./protocol.ts";
import type { ScoreEvent, ScoreOptions } from "./score-file.ts";
import { packRows } from "./summarise.ts";
import type { Summary } from "./summary.ts";
import { fromWire, toWire } from "./wire-error.ts";

/** Compiled, every file of ours but this thread is one file in `src/`. */
const threadFile = new URL(isCompiled ? "./inference/thread.js" : "./thread.ts", import.meta.url);

export interface ScoreRequest {
  /** Digest of a loaded model. */
  readonly model: string;
  /** Opens the file from its start; called again when it must be read anew. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly options: ScoreOptions;
  /** Awaited before the next chunk is computed beyond `limits.chunksInFlight`. */
  readonly onEvent: (event: ScoreEvent) => void | Promise<void>;
  /** Aborting terminates the thread: a running session cannot be interrupted. */
  readonly signal?: AbortSignal;
}

export interface Inference {
  load(request: LoadRequest): Promise<ModelInfo>;
  /** Lets go of a model; false, and nothing is done, while a call uses it. */
  unload(model: string): Promise<boolean>;
  scoreFile(request: ScoreRequest): Promise<void>;
  predict(model: string, customers: readonly Customer[]): Promise<PredictOutcome>;
  /** Interaction values (log-odds) of one stored row: features × features, row-major. */
  interactions(model: string, values: readonly (number | null)[]): Promise<Float64Array>;
  /** Throws `model_unavailable` where the model is not loaded to score. */
  difference(model: string, request: DifferenceRequest): Promise<DifferenceOutcome>;
  suggest(model: string, request: SuggestionRequest): Promise<Suggestion>;
  /** Summary of stored predictions; `inFile`: names of the features that their file had a column for. */
  summarise(
    model: string,
    inFile: readonly string[],
    rows: AsyncIterable<readonly StoredPrediction[]>,
  ): Promise<Summary>;
  stop(): Promise<void>;
}

interface Call {
  readonly settle: (result: CallResult) => void;
  readonly fail: (error: unknown) => void;
  readonly score: Pick<ScoreRequest, "open" | "onEvent"> | null;
  iterator: AsyncIterator<Uint8Array> | null;
  /** Events are handled one after the other, in the order they were sent. */
  events: Promise<void>;
}

export function createInference(): Inference {
  /** By digest: what a new thread loads again. */
  const loads = new Map<string, LoadRequest>();
  /** Calls under way by the digest of their model, from before they reach the thread. */
  const users = new Map<string, number>();
  /** Threads that have the runtime's bytes. */
  const withRuntime = new WeakSet<Worker>();
  const calls = new Map<number, Call>();
  let thread: Promise<Worker> | null = null;
  let current: Worker | null = null;
  let lastId = 0;

  const failAll = (error: RetainWiseError): void => {
    thread = null;
    current = null;
    for (const [id, call] of calls) end(id, () => call.fail(error));
  };

  const spawn = async (): Promise<Worker> => {
    const worker = new Worker(threadFile, {
      resourceLimits: {
        maxOldGenerationSizeMb: limits.threadHeapMegabytes,
        maxYoungGenerationSizeMb: limits.threadYoungMegabytes,
      },
    });
    current = worker;
    // A thread that was terminated on purpose ends later; by then the calls are another's.
    const died = (cause: unknown): void => {
      if (current === worker)
        failAll(new RetainWiseError("internal", "The inference thread stopped unexpectedly.", { cause }));
    };
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (message: FromThread) => {
        if (message.type === "up") resolve();
        else void answer(worker, message);
      });
      worker.on("error", (cause) => {
        reject(cause);
        died(cause);
      });
      worker.on("exit", (code) => {
        reject(new Error(`the thread ended with ${code} before it was up`));
        died(new Error(`the thread ended with ${code}`));
      });
    });
    for (const request of [...loads.values()]) await load(worker, request);
    return worker;
  };

  const answer = async (worker: Worker, message: Exclude<FromThread, { type: "up" }>): Promise<void> => {
    const call = calls.get(message.id);
    if (call === undefined) return;
    try {
      if (message.type === "pull") await pull(worker, message.id, call, message.restart, message.used);
      else if (message.type === "event") {
        const { event } = message;
        call.events = call.events.then(() => call.score?.onEvent(event));
        await call.events;
        post(worker, { type: "ack", id: message.id });
      } else {
        end(
          message.id,
          message.type === "done" ? () => call.settle(message.result) : () => call.fail(fromWire(message.error)),
        );
      }
    } catch (error) {
      // What reads or saves failed: the thread's work for this call has no one left to go to.
      end(message.id, () => call.fail(error));
      post(worker, { type: "cancel", id: message.id, error: toWire(error) });
    }
  };

  /** Settles a call, once, and lets go of its file. */
  const end = (id: number, settle: () => void): void => {
    const call = calls.get(id);
    calls.delete(id);
    if (call === undefined) return;
    settle();
    call.iterator?.return?.().catch(() => undefined);
  };

  const pull = async (
    worker: Worker,
    id: number,
    call: Call,
    restart: boolean,
    used: Uint8Array | null,
  ): Promise<void> => {
    if (restart) {
      await call.iterator?.return?.();
      call.iterator = call.score!.open()[Symbol.asyncIterator]();
    }
    const next = await call.iterator!.next();
    if (next.done === true) return post(worker, { type: "bytes", id, bytes: null });
    const bytes = copyInto(used, next.value);
    worker.postMessage({ type: "bytes", id, bytes } satisfies ToThread, [bytes.buffer]);
  };

  const start = (
    worker: Worker,
    message: Extract<
      ToThread,
      { type: "load" | "unload" | "score" | "summarise" | "predict" | "interactions" | "difference" | "suggest" }
    >,
    score: Call["score"] = null,
  ) =>
    new Promise<CallResult>((settle, fail) => {
      const call: Call = { settle, fail, score, iterator: null, events: Promise.resolve() };
      calls.set(message.id, call);
      post(worker, message);
    });

  const using = async <T>(model: string, work: () => Promise<T>): Promise<T> => {
    users.set(model, (users.get(model) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = users.get(model)! - 1;
      if (left > 0) users.set(model, left);
      else users.delete(model);
    }
  };

  const load = (worker: Worker, { wasm, ...request }: LoadRequest) => {
    const known = withRuntime.has(worker) || request.purpose === "present";
    if (!known) withRuntime.add(worker);
    return start(worker, { type: "load", id: ++lastId, ...request, wasm: known ? null : wasm });
  };

  const running = (): Promise<Worker> => {
    thread ??= spawn();
    thread.catch(() => {
      thread = null;
    });
    return thread;
  };

  return {
    async load(request) {
      const worker = await running();
      const info = (await load(worker, request)) as ModelInfo;
      if (request.purpose === "score") loads.set(info.digest, request);
      return info;
    },
    async unload(model) {
      if (users.has(model)) return false;
      loads.delete(model);
      const worker = await thread?.catch(() => null);
      // A thread that ended meanwhile takes the model with it.
      if (worker) await start(worker, { type: "unload", id: ++lastId, model }).catch(() => undefined);
      return true;
    },
    scoreFile: (request) =>
      using(request.model, async () => {
        const worker = await running();
        const id = ++lastId;
        const abort = () => {
          const call = calls.get(id);
          end(id, () => call?.fail(request.signal?.reason));
          void worker.terminate();
          failAll(new RetainWiseError("internal", "The inference thread was restarted."));
        };
        request.signal?.throwIfAborted();
        request.signal?.addEventListener("abort", abort, { once: true });
        try {
          await start(worker, { type: "score", id, model: request.model, options: request.options }, request);
        } finally {
          request.signal?.removeEventListener("abort", abort);
        }
      }),
    predict: (model, customers) =>
      using(
        model,
        async () =>
          (await start(await running(), { type: "predict", id: ++lastId, model, customers })) as PredictOutcome,
      ),
    interactions: (model, values) =>
      using(
        model,
        async () =>
          (await start(await running(), { type: "interactions", id: ++lastId, model, values })) as Float64Array,
      ),
    difference: (model, request) =>
      using(
        model,
        async () =>
          (await start(await running(), { type: "difference", id: ++lastId, model, request })) as DifferenceOutcome,
      ),
    suggest: (model, request) =>
      using(
        model,
        async () => (await start(await running(), { type: "suggest", id: ++lastId, model, request })) as Suggestion,
      ),
    summarise: (model, inFile, rows) =>
      using(model, async () => {
        const message = { type: "summarise", id: ++lastId, model, inFile } as const;
        const source = { open: () => packRows(rows), onEvent: () => undefined };
        return (await start(await running(), message, source)) as Summary;
      }),
    async stop() {
      const worker = await thread?.catch(() => null);
      failAll(new RetainWiseError("overloaded", "The service is stopping."));
      await worker?.terminate();
    },
  };
}

/** The piece in memory of its own, the given one where it is large enough. */
function copyInto(used: Uint8Array | null, piece: Uint8Array): Uint8Array<ArrayBuffer> {
  const room =
    used === null || used.buffer.byteLength < piece.length
      ? new ArrayBuffer(Math.max(piece.length, limits.readBytes))
      : used.buffer;
  const bytes = new Uint8Array(room as ArrayBuffer, 0, piece.length);
  bytes.set(piece);
  return bytes;
}

function post(worker: Worker, message: ToThread): void {
  worker.postMessage(message);
}
