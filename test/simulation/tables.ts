/** What the database holds, as plain objects: `src/store/migrations` in memory. */
import type { StoredPrediction, StoredRejection, Upload, UploadStatus } from "../../src/store/upload.ts";

/** A row of `uploads`. */
export type UploadRecord = { -readonly [Key in keyof Upload]: Upload[Key] } & {
  readonly objectKey: string;
  attemptToken: string | null;
  /** Milliseconds of the database's clock. */
  attemptUntil: number | null;
  deletedAt: number | null;
  /** Milliseconds: since when a message about it may be under way. */
  queuedAt: number;
};

/** A note of an object to come. */
export interface IntentRecord {
  readonly tenantId: string;
  readonly createdAt: number;
  swept: boolean;
}

/** A row of results; the token is kept here only, to see afterwards that all rows are of one attempt. */
export interface ResultRecord<T> {
  readonly tenantId: string;
  readonly token: string;
  readonly result: T;
}

export interface OutboxRecord {
  readonly outboxId: number;
  readonly tenantId: string;
  readonly uploadId: string;
  readonly body: string;
  /** The transaction that has the row locked. */
  lockedBy: object | null;
}

export interface Tables {
  /** Milliseconds. */
  now(): number;
  readonly uploads: Map<string, UploadRecord>;
  /** Upload → row of the file → result. */
  readonly predictions: Map<string, Map<number, ResultRecord<StoredPrediction>>>;
  readonly rejections: Map<string, Map<number, ResultRecord<StoredRejection>>>;
  /** Key of the object → note. */
  readonly intents: Map<string, IntentRecord>;
  outbox: OutboxRecord[];
  lastOutboxId: number;
  /** What no statement may do, in words: writes of an attempt that does not hold its upload, and the like. */
  readonly wrongs: string[];
  /** Every change of status that was ever committed. */
  readonly transitions: { uploadId: string; from: UploadStatus | null; to: UploadStatus | "deleted" }[];
}

export function createTables(now: () => number): Tables {
  return {
    now,
    uploads: new Map(),
    predictions: new Map(),
    rejections: new Map(),
    intents: new Map(),
    outbox: [],
    lastOutboxId: 0,
    transitions: [],
    wrongs: [],
  };
}

/** A connection is gone: its transactions are rolled back. */
export function releaseLocks(tables: Tables, owner: object): void {
  for (const row of tables.outbox) if (row.lockedBy === owner) row.lockedBy = null;
}
