/** What runs in a process, wired as `src/compose.ts` does: the product's own relay, poller and job over the simulated leaves. */
import { RetainWiseError } from "../../src/errors.ts";
import { type JobOutcome, runJob, toUploadError } from "../../src/jobs/job.ts";
import { startPoller } from "../../src/jobs/poller.ts";
import { type Relay, startRelay } from "../../src/jobs/relay.ts";
import { startSweeper } from "../../src/jobs/sweeper.ts";
import { formatMessage } from "../../src/queue/message.ts";
import type { Queue } from "../../src/queue/queue.ts";
import type { Objects } from "../../src/store/objects.ts";
import type { Dice } from "./dice.ts";
import type { MemoryQueue } from "./memory-queue.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";
import type { Process } from "./process.ts";
import { createSimulatedInference } from "./simulated-inference.ts";
import type { Tables } from "./tables.ts";
import type { Weakness } from "./weakness.ts";

/** What outlives every process. */
export interface Shared {
  readonly tables: Tables;
  readonly queue: MemoryQueue;
  readonly objects: Map<string, Uint8Array>;
  readonly tenantIds: readonly string[];
  readonly dice: Dice;
  readonly slots: number;
  readonly weakness: Weakness | null;
  readonly log: (process: Process, event: string, fields: object, cause?: unknown) => void;
}

export interface Parts {
  readonly store: MemoryStore;
  readonly queue: Queue;
  readonly objects: Objects;
}

/** Seconds of one job: shorter than in production, so that an endless file ends within a small run. */
const jobSeconds = 300;

export function connect(process: Process, shared: Shared): Parts {
  const { tables, weakness } = shared;
  const database = () => new RetainWiseError("database_unavailable", "The database did not answer.");
  const queue = () => new RetainWiseError("queue_unavailable", "The queue did not answer.");
  const storage = () => new RetainWiseError("storage_unavailable", "The storage did not answer.");
  const store = createMemoryStore({
    tables,
    weakness,
    connection: process,
    messageFor: (tenantId, uploadId) => formatMessage({ tenantId, uploadId }),
    statement: (name, effect) => process.call("database", name, effect, database),
  });
  const objects: Objects = {
    async put(key, bytes) {
      const pieces: Uint8Array[] = [];
      for await (const piece of bytes) pieces.push(piece);
      const whole = Buffer.concat(pieces);
      await process.call("objects", `put ${key}`, () => void shared.objects.set(key, whole), storage);
      return { bytes: whole.length, sha256: "" };
    },
    async *get(key) {
      const found = await process.call("objects", `open ${key}`, () => shared.objects.get(key) ?? null, storage);
      if (found === null) throw storage();
      yield found;
    },
    delete: (key) => process.call("objects", `delete ${key}`, () => void shared.objects.delete(key), storage),
    check: () => Promise.resolve(),
  };
  return { store, objects, queue: shared.queue.client((name, effect) => process.call("queue", name, effect, queue)) };
}

/** Relay and sweeper: both halves have them. */
export function startHouse(process: Process, { store, queue, objects }: Parts, shared: Shared): Relay {
  const eachTenant = async (work: (tenantId: string) => Promise<number>): Promise<number> => {
    let done = 0;
    for (const tenantId of shared.tenantIds) done += await work(tenantId);
    return done;
  };
  const log = (event: string, fields: object = {}, cause?: unknown) => shared.log(process, event, fields, cause);
  const relayOutbox = () => eachTenant((tenantId) => store.relayOutbox(tenantId, (body) => queue.sendMessage(body)));
  const deleteObject = (key: string) => objects.delete(key);
  const chores = {
    deletions: () => eachTenant((tenantId) => store.sweepDeletions(tenantId, deleteObject)),
    orphans: () => store.sweepIntents(deleteObject),
    requeued: () => (shared.weakness === null ? store.requeueOverdue() : Promise.resolve(0)),
  };
  startSweeper({ chores, log }, { clock: process.clock });
  return startRelay({ relayOutbox, log }, { idleMilliseconds: 15_000, clock: process.clock });
}

/** Answers what ends it in an orderly way. */
export function startWorker(process: Process, { store, queue, objects }: Parts, shared: Shared): () => Promise<void> {
  const { dice, slots, weakness } = shared;
  const log = (event: string, fields: object = {}, cause?: unknown) => shared.log(process, event, fields, cause);
  const { scoreFile } = createSimulatedInference({ clock: process.clock, dice, kill: process.kill });
  const notCalled = () => Promise.reject(new Error("A job does not call this."));
  const jobDeps = {
    store,
    objects,
    log,
    clock: process.clock,
    inference: {
      scoreFile,
      load: notCalled,
      unload: notCalled,
      predict: notCalled,
      difference: notCalled,
      suggest: notCalled,
      interactions: notCalled,
      summarise: notCalled,
      stop: notCalled,
    },
    modelFor: () => ({ name: "churn", version: "1.0.0", digest: "d" }),
  };
  const poller = startPoller(
    {
      queue,
      log,
      async runJob(tenantId, uploadId, signal, isLast): Promise<JobOutcome> {
        const outcome = await runJob(jobDeps, tenantId, uploadId, signal, isLast);
        return weakness === "a job's message is deleted whatever its outcome" ? { end: "ended" } : outcome;
      },
      giveUp: (tenantId, uploadId, { code, detail }) =>
        store.giveUpUpload(tenantId, uploadId, toUploadError(code, detail)),
    },
    { slots, jobSeconds, random: dice, clock: process.clock },
  );
  return () => poller.stop();
}
