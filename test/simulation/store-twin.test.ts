/**
 * The simulation is worth as much as its store is like the real one: sequences of verbs, with several attempts, tenants, stale tokens and time
 * that passes, must answer the same and leave the same behind in memory and in Postgres.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { StoredPrediction, StoredRejection } from "../../src/store/upload.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import type { NewUpload } from "../../src/store/uploads.ts";
import { after, test } from "../slow-test.ts";
import { newUpload, prediction, rejection, report, uploadError } from "../store/samples.ts";
import { embeddedKind, startDatabase } from "../store/servers.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";
import { createTables } from "./tables.ts";
import type { Weakness } from "./weakness.ts";

const running = await startDatabase(embeddedKind);
after(() => running.stop());
const { database } = running;

const messageFor = (_: string, uploadId: string) => uploadId;
const model = { name: "m", version: "1.0.0", digest: "d" };

/** One verb with its upload, tenant, attempt and rows, each as a small number. */
const verbs = [
  "insert",
  "claim",
  "saveReport",
  "saveProgress",
  "savePredictions",
  "requireMapping",
  "answerMapping",
  "complete",
  "correct",
  "fail",
  "giveUp",
  "revive",
  "release",
  "delete",
  "get",
  "relay",
  "sweep",
  "note",
  "sweep notes",
  "requeue",
  "time passes",
] as const;
interface Step {
  readonly verb: (typeof verbs)[number];
  readonly upload: number;
  /** Mostly the owner of the upload. */
  readonly stranger: boolean;
  readonly attempt: number;
  readonly row: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<(typeof verbs)[number]>("insert", "claim") },
    { weight: 5, arbitrary: fc.constantFrom(...verbs) },
  ),
  upload: fc.nat(1),
  stranger: fc.nat(9).map((n) => n === 0),
  attempt: fc.nat(2),
  row: fc.nat(3),
});

interface Names {
  readonly tenants: readonly string[];
  readonly uploads: readonly NewUpload[];
  readonly tokens: readonly string[];
}

/** What both stores are to the sequence: the memory one goes through its tenants where the real one works across them. */
interface Twin {
  readonly store: Omit<MemoryStore, "relayOutbox" | "sweepDeletions">;
  relay(sent: string[]): Promise<unknown>;
  sweep(): Promise<unknown>;
  pass(seconds: number): Promise<void>;
}

async function play({ store, relay, sweep, pass }: Twin, { tenants, uploads, tokens }: Names, steps: readonly Step[]) {
  const answers: unknown[] = [];
  const sent: string[] = [];
  for (const { verb, upload: index, stranger, attempt: token, row } of steps) {
    const upload = uploads[index]!;
    const tenantId = tenants[stranger ? 1 : 0]!;
    const { uploadId } = upload;
    const attempt = { tenantId, uploadId, attemptToken: tokens[token]! };
    const scored: readonly StoredPrediction[] = [prediction(row), prediction(row + 1)];
    const refused: readonly StoredRejection[] = [rejection(row + 10)];
    const first = uploads[1 - index]!.uploadId;
    const work: Record<Step["verb"], () => Promise<unknown>> = {
      async insert() {
        await store.admitUpload(tenants[0]!, upload.objectKey).catch(() => undefined);
        return (await store.insertUpload(tenants[0]!, upload)).status;
      },
      note: () => store.admitUpload(tenants[0]!, upload.objectKey),
      "sweep notes": async () => {
        const removed: string[] = [];
        return [await store.sweepIntents(async (key) => void removed.push(key), 30), removed];
      },
      requeue: () => store.requeueOverdue(30),
      claim: async () => (await store.claimUpload(tenantId, uploadId, attempt.attemptToken))?.objectKey ?? null,
      saveReport: () => store.saveReport(attempt, report, model),
      saveProgress: () => store.saveProgress(attempt, row / 4),
      savePredictions: () => store.savePredictions(attempt, scored, refused, row / 4),
      requireMapping: () => store.requireMapping(attempt, report, uploadError),
      answerMapping: async () =>
        (await store.answerMapping(tenantId, uploadId, { mapping: { tenure: "M" }, decimal: null, remember: false }))
          ?.status,
      complete: () => store.completeUpload(attempt, { report, rows: { read: 3, scored: 2, rejected: 1 }, summary: {} }),
      correct: async () => {
        const found = await store.findRejections(tenantId, first, [`C-${row + 10}`], [row + 11]);
        const rowsScored = (await store.getUpload(tenantId, first))?.rowsScored ?? 0;
        const merged = await store.completeCorrection(
          attempt,
          { report, rows: { read: 2, scored: 1, rejected: 1 }, summary: {} },
          {
            first: { uploadId: first, rowsScored: rowsScored + (token === 2 ? 1 : 0) },
            predictions: [prediction(row + 10)],
            rejections: [rejection(row + 11)],
            ...{ report, summary: { merged: true } },
          },
        );
        return [found, merged, (await store.getUpload(tenantId, first))?.corrections];
      },
      fail: () => store.failUpload(attempt, uploadError, row === 0 ? null : { read: 1, scored: 0, rejected: 1 }),
      giveUp: () => store.giveUpUpload(tenantId, uploadId, uploadError),
      revive: () => store.reviveUpload(tenantId, uploadId),
      release: () => store.releaseUpload(attempt),
      delete: async () => (await store.deleteUpload(tenantId, uploadId))?.objectKey ?? null,
      get: async () => (await store.getUpload(tenantId, uploadId))?.status ?? null,
      relay: () => relay(sent),
      sweep,
      "time passes": () => pass(row < 2 ? 15 : 45),
    };
    const answer = await work[verb]().catch((error: { code?: string }) => `refused: ${error.code}`);
    answers.push([verb, answer ?? null]);
  }
  const left = [];
  for (const { uploadId } of uploads) {
    const found = await store.getUpload(tenants[0]!, uploadId);
    if (found === null) left.push(null);
    else {
      const { status, strikes, progress, rowsRead, rowsScored, rowsRejected, error, options, model: used } = found;
      left.push({ status, strikes, progress, rowsRead, rowsScored, rowsRejected, error, options, used });
    }
  }
  return { answers, left, sent };
}

/** Holds for the memory store as the simulation uses it; not for one with a mistake in it. */
const sameAsReal = (weakness: Weakness | null) =>
  fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
    const names: Names = {
      tenants: [randomUUID(), randomUUID()],
      uploads: [newUpload(), newUpload()],
      tokens: [randomUUID(), randomUUID(), randomUUID()],
    };
    await database.transaction((sql) => sql`truncate uploads, predictions, rejections, outbox, object_intents`);
    const real = createUploadStore({ database, messageFor });
    let now = 1_000_000;
    const tables = createTables(() => now);
    const memory = createMemoryStore({
      tables,
      messageFor,
      statement: async (_, effect) => effect(),
      connection: {},
      weakness,
    });
    const inMemory: Twin = {
      store: memory,
      async relay(sent) {
        let count = 0;
        for (const tenantId of names.tenants)
          count += await memory.relayOutbox(tenantId, async (body) => void sent.push(body));
        return count;
      },
      async sweep() {
        let count = 0;
        for (const tenantId of names.tenants) count += await memory.sweepDeletions(tenantId, async () => undefined);
        return count;
      },
      async pass(seconds) {
        now += seconds * 1_000;
      },
    };
    const inPostgres: Twin = {
      store: real,
      relay: (sent) => real.relayOutbox(async (body) => void sent.push(body)),
      sweep: () => real.sweepDeletions(async () => undefined),
      async pass(seconds) {
        await database.transaction(async (sql) => {
          const time = sql`${seconds} * interval '1 second'`;
          await sql`update uploads set attempt_until = attempt_until - ${time}, queued_at = queued_at - ${time}`;
          await sql`update object_intents set created_at = created_at - ${time}`;
        });
      },
    };
    assert.deepEqual(await play(inPostgres, names, steps), await play(inMemory, names, steps));
    const stored = await database.transaction(
      (sql) => sql<{ upload_id: string; row_number: number }[]>`
        select upload_id, row_number from predictions
        union all
        select upload_id, row_number from rejections
        order by 1, 2`,
    );
    const kept = [tables.predictions, tables.rejections]
      .flatMap((table) =>
        [...table].flatMap(([upload_id, rows]) => [...rows.keys()].map((row_number) => ({ upload_id, row_number }))),
      )
      .toSorted((a, b) =>
        a.upload_id < b.upload_id ? -1 : a.upload_id > b.upload_id ? 1 : a.row_number - b.row_number,
      );
    assert.deepEqual(
      stored.map((row) => ({ ...row })),
      kept,
    );
  });

const seed = Number(process.env.RETAINWISE_TEST_SEED ?? 20260);

test("a hundred sequences of verbs answer alike in memory and in Postgres, and leave the same behind", async () => {
  await fc.assert(sameAsReal(null), { seed, numRuns: 100 });
});

for (const weakness of [
  "results are saved without the token",
  "giving up ignores the status",
  "an upload completes without the token",
] as const) {
  test(`a store in memory in which ${weakness} is told from the real one`, async () => {
    const found = await fc.check(sameAsReal(weakness), { seed, numRuns: 200, endOnFailure: true });
    assert.ok(found.failed);
  });
}
