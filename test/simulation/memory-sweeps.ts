/** The store in memory, second half: the relay and the sweeps, which work across uploads. */
import { limits } from "../../src/limits.ts";
import { releaseLocks, type Tables } from "./tables.ts";
import type { Weakness } from "./weakness.ts";

/** Does one atomic thing; whoever gives it decides what happens before and after. */
export type Statement = <T>(name: string, effect: () => T) => Promise<T>;

export interface MemorySweeps {
  relayOutbox(tenantId: string, send: (body: string) => Promise<void>): Promise<number>;
  sweepIntents(deleteObject: (objectKey: string) => Promise<void>, seconds?: number): Promise<number>;
  requeueOverdue(seconds?: number): Promise<number>;
  sweepDeletions(tenantId: string, deleteObject: (objectKey: string) => Promise<void>): Promise<number>;
}

export interface MemorySweepsOptions {
  readonly tables: Tables;
  readonly statement: Statement;
  readonly connection: object;
  readonly weakness: Weakness | null;
  /** Puts an upload's message into the outbox. */
  readonly post: (tenantId: string, uploadId: string) => void;
  readonly deleteResults: (tenantId: string, uploadId: string, attempt: null) => Promise<void>;
}

export function createMemorySweeps(options: MemorySweepsOptions): MemorySweeps {
  const { tables, statement, connection, weakness, post, deleteResults } = options;
  return {
    async relayOutbox(tenantId, send) {
      try {
        const rows = await statement("lock outbox", () => {
          const free = tables.outbox.filter((row) => row.tenantId === tenantId && row.lockedBy === null);
          const locked = free.slice(0, limits.outboxBatch);
          for (const row of locked) row.lockedBy = connection;
          return locked;
        });
        const forget = (ids: readonly number[]) => {
          tables.outbox = tables.outbox.filter((row) => !ids.includes(row.outboxId));
        };
        const done: number[] = [];
        let failure: { error: unknown } | null = null;
        if (weakness === "the relay forgets before it sends") forget(rows.map((row) => row.outboxId));
        for (const row of rows) {
          try {
            await send(row.body);
            done.push(row.outboxId);
          } catch (error) {
            failure = { error };
            break;
          }
        }
        if (done.length > 0) await statement("commit outbox", () => forget(done));
        if (failure !== null) throw failure.error;
        return done.length;
      } finally {
        releaseLocks(tables, connection);
      }
    },

    async sweepIntents(deleteObject, seconds = limits.intentSeconds) {
      const keys = await statement("take notes", () => {
        const until = tables.now() - seconds * 1_000;
        const old = [...tables.intents].filter(([, { createdAt }]) => createdAt < until);
        for (const [, intent] of old) intent.swept = true;
        return old.map(([key]) => key);
      });
      for (const key of keys) {
        await deleteObject(key);
        await statement(`forget the note ${key}`, () => void tables.intents.delete(key));
      }
      return keys.length;
    },

    requeueOverdue: (seconds = limits.requeueSeconds) =>
      statement("requeue", () => {
        const now = tables.now();
        const waiting = new Set(tables.outbox.map((row) => row.uploadId));
        const overdue = [...tables.uploads.values()].filter(
          (row) =>
            row.deletedAt === null &&
            (row.status === "pending" || row.status === "processing") &&
            (row.attemptUntil === null || row.attemptUntil < now) &&
            row.queuedAt < now - seconds * 1_000 &&
            !waiting.has(row.uploadId),
        );
        for (const row of overdue) {
          row.queuedAt = now;
          post(row.tenantId, row.uploadId);
        }
        return overdue.length;
      }),

    async sweepDeletions(tenantId, deleteObject) {
      const buried = await statement("list tombstones", () =>
        [...tables.uploads.values()].filter((row) => row.tenantId === tenantId && row.deletedAt !== null),
      );
      for (const { uploadId, objectKey } of buried) {
        await deleteResults(tenantId, uploadId, null);
        await deleteObject(objectKey);
        await statement(`forget ${uploadId}`, () => void tables.uploads.delete(uploadId));
      }
      return buried.length;
    },
  };
}
