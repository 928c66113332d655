/** The view of the pipeline by SQL against the same numbers by a way of its own: uploads in memory, filters and a sorted list. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Upload, UploadStatus } from "../../src/api/services.ts";
import { limits } from "../../src/limits.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { pipelineOf } from "../api/memory-pipeline.ts";
import { insertUpload, newUpload, report, uploadError } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

const hour = 3_600_000;

/** One upload of a made history; times are milliseconds since 1970. */
interface Made {
  readonly status: UploadStatus;
  readonly created: number;
  readonly wanted?: number;
  readonly started?: number;
  readonly ended?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly rows?: number;
}

await describeOnServers("the view of the pipeline", ({ database }) => {
  const store = createUploadStore({ database, messageFor: (_, id) => id });

  /** Puts a history into the table as it would be after so much time, and answers it as the other way computes with it. */
  async function write(tenantId: string, made: readonly Made[]): Promise<(Upload & { wantedAt: Date })[]> {
    const uploads: (Upload & { wantedAt: Date })[] = [];
    for (const { status, created, wanted = created, started, ended, code, detail = "d", rows = 0 } of made) {
      const upload = await insertUpload(store, tenantId, newUpload());
      const error = code === undefined ? null : { code, title: "t", detail, remedy: "r" };
      const dates = [created, wanted, started, ended].map((at) => (at === undefined ? null : new Date(at)));
      const [createdAt, wantedAt, startedAt, completedAt] = dates.map((date) => date?.toISOString() ?? null);
      await database.tenant(tenantId).transaction(
        (sql) => sql`
          update uploads
          set status = ${status},
              created_at = ${createdAt!}::text::timestamptz,
              wanted_at = ${wantedAt!}::text::timestamptz,
              started_at = ${startedAt!}::text::timestamptz,
              completed_at = ${completedAt!}::text::timestamptz,
              error = ${error === null ? null : JSON.stringify(error)}::text::json,
              rows_read = ${rows},
              rows_scored = ${rows - Math.trunc(rows / 10)},
              rows_rejected = ${Math.trunc(rows / 10)}
          where upload_id = ${upload.uploadId}`,
      );
      uploads.push({
        ...upload,
        status,
        createdAt: dates[0]!,
        wantedAt: dates[1]!,
        startedAt: dates[2]!,
        completedAt: dates[3]!,
        error,
        rowsRead: rows,
        rowsScored: rows - Math.trunc(rows / 10),
        rowsRejected: Math.trunc(rows / 10),
      });
    }
    return uploads;
  }

  /** The database's clock, and not so close to the end of an hour that it might strike before the test is over. */
  async function databaseNow(): Promise<number> {
    const [row] = await database.transaction((sql) => sql<{ now: Date }[]>`select now()`);
    const left = hour - (row!.now.getTime() % hour);
    if (left > 20_000) return row!.now.getTime();
    await sleep(left);
    return databaseNow();
  }

  it("has every hour of the week, with zeros and nulls where nothing was", patient, async () => {
    const before = await databaseNow();
    const view = await store.readPipeline(randomUUID());
    assert.equal(view.hours.length, limits.pipelineHours);
    assert.equal(limits.pipelineHours, 168);
    const starts = view.hours.map(({ start }) => start.getTime());
    assert.ok(starts.every((start, i) => start % hour === 0 && (i === 0 || start - starts[i - 1]! === hour)));
    assert.ok(starts.at(-1)! <= view.at.getTime() && view.at.getTime() < starts.at(-1)! + hour);
    assert.ok(before <= view.at.getTime() && view.at.getTime() <= (await databaseNow()));
    const nothing = { p50: null, p95: null, p99: null };
    const empty = {
      ...{ accepted: 0, completed: 0, failed: 0, rowsRead: 0, rowsScored: 0, rowsRejected: 0, failures: {} },
      ...{ endToEnd: nothing, queueDwell: nothing, work: nothing },
    };
    for (const { start: _, ...work } of view.hours) assert.deepEqual(work, empty);
    assert.deepEqual(view.whole, empty);
    assert.deepEqual([view.pending, view.processing, view.oldestSeconds], [0, 0, 0]);
  });

  it(
    "equals another way of computing it, at the edges of hours and week, with ties, failures and repetitions",
    patient,
    async () => {
      const [tenantId, stranger] = [randomUUID(), randomUUID()];
      const now = await databaseNow();
      const current = Math.floor(now / hour) * hour;
      const first = current - 167 * hour;
      const done = (created: number, dwell: number, work: number, more: Partial<Made> = {}): Made => ({
        ...{ status: "completed", created, started: created + dwell, ended: created + dwell + work },
        ...more,
      });
      const made: Made[] = [
        // The first moment of the week and the last before it; an upload that came before and ended within.
        done(first, 0, 0, { rows: 7 }),
        done(first - 30, 10, 19),
        done(first - 30, 10, 20, { rows: 11 }),
        // Both sides of an hour's edge, and one over it.
        done(first + 5 * hour - 100, 50, 49),
        done(first + 5 * hour - 100, 50, 50),
        done(first + 5 * hour, 1, 1),
        // An hour of ties, one of two uploads, one of a hundred and one with a slow one among them.
        ...Array.from({ length: 40 }, (_, i) => done(first + 9 * hour + i, 250, i < 36 ? 1_000 : 9_000, { rows: i })),
        ...[100, 30_000].map((work) => done(first + 11 * hour, work / 10, work)),
        ...Array.from({ length: 101 }, (_, i) =>
          done(first + 13 * hour + 7 * i, (i * 37) % 101, 1_000 + ((i * 53) % 101)),
        ),
        // Failures of several codes; a file's own words in the detail must not stop the others from being counted.
        ...Array.from({ length: 3 }, () =>
          done(first + 20 * hour, 10, 20, { status: "failed", code: "csv_malformed" }),
        ),
        done(first + 20 * hour, 10, 20, {
          status: "failed",
          code: "duplicate_columns",
          detail: 'NUL \0, half \ud800, "code":"no"',
        }),
        done(first + 21 * hour, 10, 20, { status: "failed", code: "poison", rows: 30 }),
        // Never started; started once, given back, expired; revived after a start that counts no more.
        { status: "failed", created: first + 22 * hour, ended: first + 22 * hour + 99, code: "queue_unavailable" },
        done(first + 23 * hour, 10, 5_000, { status: "failed", code: "expired" }),
        done(first + 24 * hour, 10, 5_000, { status: "failed", code: "poison", wanted: first + 24 * hour + 4_000 }),
        // Asked, and answered two hours later: the person's time is nobody's wait.
        done(first + 30 * hour, 2 * hour + 300, 700, { wanted: first + 32 * hour, rows: 1_000 }),
        // Not at an end.
        { status: "needs_mapping", created: current - hour, started: current - hour + 5 },
        { status: "pending", created: current - 3 * hour, wanted: now - 61_000 },
        { status: "pending", created: now - 1_000 },
        { status: "processing", created: now - 9_000, started: now - 500 },
      ];
      const uploads = await write(tenantId, made);
      // Of others: the same hours, codes of their own.
      await write(stranger, [
        done(first + 9 * hour, 77_000, 88_000, { rows: 5_000 }),
        done(first + 20 * hour, 10, 20, { status: "failed", code: "csv_encoding" }),
        { status: "pending", created: now - 9 * hour },
      ]);
      const view = await store.readPipeline(tenantId);
      const expected = pipelineOf(uploads, view.at);
      // A Date has no microseconds; of what was written they are none.
      assert.ok(Math.abs(view.oldestSeconds - expected.oldestSeconds) < 0.001);
      assert.deepEqual({ ...view, oldestSeconds: 0 }, { ...expected, oldestSeconds: 0 });

      // And some of it by hand, lest both are wrong in one way.
      const at = (index: number) => view.hours[index]!;
      assert.deepEqual([at(0).completed, at(0).accepted, at(0).rowsRead], [2, 1, 18]);
      assert.deepEqual([at(4).completed, at(5).completed], [1, 2]);
      assert.deepEqual(at(9).work, { p50: 1, p95: 9, p99: 9 });
      assert.deepEqual(at(9).queueDwell, { p50: 0.25, p95: 0.25, p99: 0.25 });
      assert.deepEqual(at(11).work, { p50: 0.1, p95: 30, p99: 30 });
      assert.deepEqual(at(13).work, { p50: 1.05, p95: 1.095, p99: 1.099 });
      assert.deepEqual(at(20).failures, { csv_malformed: 3, duplicate_columns: 1 });
      assert.deepEqual([at(22).failed, at(23).failed, at(24).failed], [1, 1, 1]);
      for (const index of [22, 23, 24]) assert.equal(at(index).work.p50, null);
      assert.deepEqual(at(32).endToEnd, { p50: 1, p95: 1, p99: 1 });
      assert.deepEqual(view.whole.failures, {
        ...{ csv_malformed: 3, duplicate_columns: 1, expired: 1, poison: 2, queue_unavailable: 1 },
      });
      assert.deepEqual([view.pending, view.processing], [2, 1]);
      assert.ok(view.oldestSeconds >= 61 && view.oldestSeconds < 120);
      const theirs = await store.readPipeline(stranger);
      assert.deepEqual([theirs.whole.completed, theirs.whole.failed, theirs.pending], [1, 1, 1]);
      assert.deepEqual(theirs.whole.failures, { csv_encoding: 1 });
    },
  );

  it("follows a job from 202 to its end, and forgets what is deleted", async () => {
    const tenantId = randomUUID();
    const attempt = async () => {
      const { uploadId } = await insertUpload(store, tenantId, newUpload());
      const key = { tenantId, uploadId, attemptToken: randomUUID() };
      await store.claimUpload(tenantId, uploadId, key.attemptToken);
      return key;
    };
    const [completed, failed] = [await attempt(), await attempt()];
    await attempt();
    assert.deepEqual([(await store.readPipeline(tenantId)).processing], [3]);
    await store.completeUpload(completed, { report, rows: { read: 9, scored: 8, rejected: 1 }, summary: {} });
    await store.failUpload(failed, uploadError, { read: 4, scored: 0, rejected: 4 });
    const { processing, whole, at } = await store.readPipeline(tenantId);
    assert.deepEqual([processing, whole.accepted, whole.completed, whole.failed], [1, 3, 1, 1]);
    assert.deepEqual([whole.rowsRead, whole.rowsScored, whole.rowsRejected], [13, 8, 5]);
    assert.deepEqual(whole.failures, { csv_malformed: 1 });
    const upload = (await store.getUpload(tenantId, completed.uploadId))!;
    assert.ok(Math.abs(whole.endToEnd.p99! * 1_000 - (+upload.completedAt! - +upload.createdAt)) <= 1);
    assert.ok(at >= upload.completedAt!);
    await store.reviveUpload(tenantId, failed.uploadId);
    await store.deleteUpload(tenantId, completed.uploadId);
    const left = await store.readPipeline(tenantId);
    assert.deepEqual([left.pending, left.whole.accepted, left.whole.completed, left.whole.failed], [1, 2, 0, 0]);
    assert.deepEqual(left.whole.endToEnd, { p50: null, p95: null, p99: null });
  });

  it("counts by hours of UTC in a session of a zone that is half an hour off", patient, async () => {
    const tenantId = randomUUID();
    const now = await databaseNow();
    const current = Math.floor(now / hour) * hour;
    await write(tenantId, [{ status: "completed", created: current - 10, started: current - 5, ended: current - 1 }]);
    const { readPipeline } = await import("../../src/store/pipeline.ts");
    const tenant = database.tenant(tenantId);
    const view = await readPipeline({
      ...tenant,
      transaction: (work) =>
        tenant.transaction(async (sql) => {
          await sql`set local time zone 'Asia/Kolkata'`;
          return work(sql);
        }),
    });
    const busy = view.hours.filter(({ completed }) => completed > 0).map(({ start }) => start.getTime());
    assert.deepEqual(busy, [current - hour]);
  });

  it("finds a tenant's week by index among the uploads of others", patient, async () => {
    const tenantId = randomUUID();
    for (const [id, days] of [
      [tenantId, 7],
      [tenantId, 300],
      [randomUUID(), 60],
    ] as const) {
      await database.tenant(id).transaction(
        (sql) => sql`
          insert into uploads (upload_id, tenant_id, object_key, filename, status, created_at, started_at, completed_at, bytes, sha256, options, report, error)
          select gen_random_uuid(), ${id}, '', '', case when n % 20 = 0 then 'failed' else 'completed' end, at, at, at, 1, '', '{}',
            to_json(repeat('x', 600)), case when n % 20 = 0 then '{"code":"csv_malformed"}'::json end
          from generate_series(1, 10000) as n, lateral (select now() - n / 10000.0 * ${days} * interval '1 day' as at) as t`,
      );
    }
    await database.transaction((sql) => sql.unsafe("analyze uploads"));
    /** On the pool's one connection that is in use: what it counted is known to others at once. */
    const scansOfTable = async () => {
      await database.transaction((sql) => sql`select pg_stat_force_next_flush()`);
      const scans = await database.transaction(
        (sql) => sql<{ seq_scan: number }[]>`
          select seq_scan
          from pg_stat_user_tables
          where relname = 'uploads'`,
      );
      return scans[0]!.seq_scan;
    };
    const before = await scansOfTable();
    const view = await store.readPipeline(tenantId);
    assert.ok(view.whole.completed > 9_000 && view.whole.failed > 400);
    assert.equal(await scansOfTable(), before);
  });
});
