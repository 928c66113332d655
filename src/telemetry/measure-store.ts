/** Every verb of the store, measured: how long it took, and the writes that the database did not do. */
import { errorKinds } from "../error-kinds.ts";
import { toRetainWiseError } from "../errors.ts";
import type { UploadStore } from "../store/upload-store.ts";
import type { operations, tables } from "./catalogue.ts";
import type { Metrics } from "./metrics.ts";

interface Verb {
  readonly operation: (typeof operations)[number];
  /** What a write changes; null for a reader. */
  readonly table: (typeof tables)[number] | null;
}

const reads: Verb = { operation: "SELECT", table: null };
const writes = (operation: Verb["operation"], table: NonNullable<Verb["table"]>): Verb => ({ operation, table });

/** Null: it works in turns with somebody else (a reader of a download, the queue, the storage), so its time says nothing of the database. */
const verbs: Readonly<Record<keyof UploadStore, Verb | null>> = {
  admitUpload: writes("INSERT", "other"),
  insertUpload: writes("INSERT", "uploads"),
  getUpload: reads,
  readPipeline: reads,
  listUploads: reads,
  answerMapping: writes("UPDATE", "uploads"),
  deleteUpload: writes("DELETE", "uploads"),
  listPredictions: reads,
  getPrediction: reads,
  samplePredictions: reads,
  findEarlierUpload: reads,
  compareUploads: reads,
  findMovers: reads,
  streamPredictions: null,
  streamRejections: null,
  rememberedColumns: reads,
  listRemembered: reads,
  putRemembered: writes("INSERT", "other"),
  deleteRemembered: writes("DELETE", "other"),
  claimUpload: writes("UPDATE", "uploads"),
  saveReport: writes("UPDATE", "uploads"),
  saveProgress: writes("UPDATE", "uploads"),
  savePredictions: writes("INSERT", "predictions"),
  requireMapping: writes("UPDATE", "uploads"),
  completeUpload: writes("UPDATE", "uploads"),
  findRejections: reads,
  completeCorrection: writes("UPDATE", "uploads"),
  failUpload: writes("UPDATE", "uploads"),
  giveUpUpload: writes("UPDATE", "uploads"),
  reviveUpload: writes("UPDATE", "uploads"),
  releaseUpload: writes("UPDATE", "uploads"),
  relayOutbox: null,
  releaseAllAttempts: null,
  sweepDeletions: null,
  sweepIntents: null,
  requeueOverdue: writes("INSERT", "outbox"),
  expireOverdue: writes("UPDATE", "uploads"),
};

export function measureStore(store: UploadStore, { database }: Metrics, now = () => performance.now()): UploadStore {
  const measured =
    <Arguments extends unknown[], Result>({ operation, table }: Verb, work: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      const startedAt = now();
      if (table !== null) database.count("DatabaseWriteAttempt", { Table: table });
      try {
        return await work(...given);
      } catch (error) {
        // A lease that is lost or a quota that is full is the database's right answer.
        const { code } = toRetainWiseError(error);
        const failed = errorKinds[code].fault === "server" && code !== "lease_lost" && code !== "overloaded";
        if (failed && table !== null) database.count("DatabaseWriteError", { Table: table, Operation: operation });
        throw error;
      } finally {
        database.record("db.client.operation.duration", (now() - startedAt) / 1_000, {
          "db.operation.name": operation,
        });
      }
    };
  const all = Object.fromEntries(
    Object.entries(store).map(([name, work]) => {
      const verb = verbs[name as keyof UploadStore];
      return [name, verb === null ? work : measured(verb, work as (...given: unknown[]) => Promise<unknown>)];
    }),
  ) as UploadStore;
  return {
    ...all,
    async savePredictions(attempt, predictions, rejections, progress) {
      await all.savePredictions(attempt, predictions, rejections, progress);
      database.add("PredictionsSaved", predictions.length, { Table: "predictions" });
      database.add("PredictionsSaved", rejections.length, { Table: "rejections" });
    },
  };
}
