/**
 * The store in memory, statement by statement as `src/store` has them: each is atomic, and `statement` is awaited around each, so that whoever
 * gives it decides what happens in between. `store-twin.test.ts` holds it to the real one.
 */
import { RetainWiseError } from "../../src/errors.ts";
import type { JobStore } from "../../src/jobs/job.ts";
import { limits } from "../../src/limits.ts";
import { type Completion, leaseLost, share } from "../../src/store/attempts.ts";
import type { Upload, UploadError } from "../../src/store/upload.ts";
import type { Attempt } from "../../src/store/upload-store.ts";
import type { MappingAnswer, NewUpload } from "../../src/store/uploads.ts";
import { createMemoryCorrections } from "./memory-corrections.ts";
import { createMemorySweeps, type MemorySweeps, type Statement } from "./memory-sweeps.ts";
import type { Tables, UploadRecord } from "./tables.ts";
import { newRecord, noAttempt, toUpload } from "./upload-record.ts";
import type { Weakness } from "./weakness.ts";

export interface MemoryStore extends JobStore, MemorySweeps {
  admitUpload(tenantId: string, objectKey: string): Promise<void>;
  insertUpload(tenantId: string, upload: NewUpload): Promise<Upload>;
  getUpload(tenantId: string, uploadId: string): Promise<Upload | null>;
  answerMapping(tenantId: string, uploadId: string, answer: MappingAnswer): Promise<Upload | null>;
  deleteUpload(tenantId: string, uploadId: string): Promise<{ objectKey: string } | null>;
  giveUpUpload(tenantId: string, uploadId: string, error: UploadError): Promise<void>;
  reviveUpload(tenantId: string, uploadId: string): Promise<boolean>;
}

export interface MemoryStoreOptions {
  readonly tables: Tables;
  readonly messageFor: (tenantId: string, uploadId: string) => string;
  readonly statement: Statement;
  /** Whose locks are let go when its process dies. */
  readonly connection: object;
  readonly weakness?: Weakness | null;
}

export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { tables, messageFor, statement, connection, weakness = null } = options;
  const attemptUntil = () => tables.now() + limits.attemptSeconds * 1_000;

  const visible = (tenantId: string, uploadId: string): UploadRecord | null => {
    const row = tables.uploads.get(uploadId);
    return row !== undefined && row.tenantId === tenantId && row.deletedAt === null ? row : null;
  };
  const isHeld = ({ tenantId, uploadId, attemptToken }: Attempt): boolean => {
    const row = visible(tenantId, uploadId);
    return row !== null && row.attemptToken === attemptToken && row.status === "processing";
  };
  const change = (row: UploadRecord, status: Upload["status"], changes: Partial<UploadRecord>): void => {
    tables.transitions.push({ uploadId: row.uploadId, from: row.status, to: status });
    Object.assign(row, changes, { status });
  };
  /** A statement that counts for the attempt that holds the upload and for no other. */
  const write = (name: string, attempt: Attempt, effect: (row: UploadRecord) => void, blind = false): Promise<void> =>
    statement(`${name} ${attempt.uploadId}`, () => {
      const row = tables.uploads.get(attempt.uploadId);
      if (row === undefined || !(blind || isHeld(attempt))) throw leaseLost();
      if (!isHeld(attempt)) tables.wrongs.push(`${name} by an attempt that does not hold u${row.uploadId.at(-1)}`);
      effect(row);
    });
  const complete = (row: UploadRecord, { report, rows, summary }: Completion): void =>
    change(row, "completed", {
      ...noAttempt,
      completedAt: new Date(tables.now()),
      progress: 1,
      ...{ rowsRead: rows.read, rowsScored: rows.scored, rowsRejected: rows.rejected },
      ...{ report, summary, strikes: 0 },
    });
  const post = (tenantId: string, uploadId: string): void => {
    const body = messageFor(tenantId, uploadId);
    tables.outbox.push({ outboxId: ++tables.lastOutboxId, tenantId, uploadId, body, lockedBy: null });
  };

  /** As `deleteResults`; with an attempt only as long as that holds the upload. */
  const deleteResults = async (tenantId: string, uploadId: string, attempt: Attempt | null): Promise<void> => {
    for (const table of [tables.predictions, tables.rejections]) {
      const deleteBatch = () =>
        statement(`delete results ${uploadId}`, () => {
          if (attempt !== null && !isHeld(attempt)) return 0;
          const rows = [...(table.get(uploadId) ?? [])].filter(([, row]) => row.tenantId === tenantId);
          for (const [number] of rows.slice(0, limits.deleteRows)) table.get(uploadId)?.delete(number);
          return Math.min(rows.length, limits.deleteRows);
        });
      while ((await deleteBatch()) > 0);
    }
  };

  return {
    admitUpload: (tenantId, objectKey) =>
      statement(`note ${objectKey}`, () => {
        if (tables.intents.has(objectKey)) throw new RetainWiseError("internal", "The database refused a statement.");
        tables.intents.set(objectKey, { tenantId, createdAt: tables.now(), swept: false });
      }),

    insertUpload: (tenantId, upload) =>
      statement(`insert ${upload.uploadId}`, () => {
        if (tables.intents.get(upload.objectKey)?.swept !== false) {
          throw new RetainWiseError("storage_unavailable", "Storing the file took longer than an upload may take.");
        }
        if (tables.uploads.has(upload.uploadId)) {
          throw new RetainWiseError("idempotency_conflict", "There is an upload with this id already.");
        }
        if (weakness !== "an upload keeps its note") tables.intents.delete(upload.objectKey);
        const row = newRecord(tenantId, upload, tables.now());
        tables.uploads.set(upload.uploadId, row);
        tables.transitions.push({ uploadId: upload.uploadId, from: null, to: "pending" });
        post(tenantId, upload.uploadId);
        return toUpload(row);
      }),

    getUpload: (tenantId, uploadId) =>
      statement(`get ${uploadId}`, () => {
        const row = visible(tenantId, uploadId);
        return row === null ? null : toUpload(row);
      }),

    answerMapping: (tenantId, uploadId, answer) =>
      statement(`answer ${uploadId}`, () => {
        const row = visible(tenantId, uploadId);
        if (row?.status !== "needs_mapping") return null;
        const mapping = { ...row.options.mapping, ...answer.mapping };
        const given = answer.decimal === null ? {} : { decimal: answer.decimal };
        change(row, "pending", {
          options: { ...row.options, mapping, ...given },
          error: null,
          completedAt: null,
          queuedAt: tables.now(),
        });
        if (weakness !== "an answer queues no message") post(tenantId, uploadId);
        return toUpload(row);
      }),

    async deleteUpload(tenantId, uploadId) {
      const buried = await statement(`bury ${uploadId}`, () => {
        tables.outbox = tables.outbox.filter((row) => row.tenantId !== tenantId || row.uploadId !== uploadId);
        const row = visible(tenantId, uploadId);
        if (row === null) return null;
        tables.transitions.push({ uploadId, from: row.status, to: "deleted" });
        Object.assign(row, { deletedAt: tables.now(), attemptToken: null, attemptUntil: null });
        Object.assign(row, { filename: "", options: {}, model: null, report: null, summary: null, error: null });
        return { objectKey: row.objectKey };
      });
      if (buried !== null) await deleteResults(tenantId, uploadId, null);
      return buried;
    },

    async claimUpload(tenantId, uploadId, attemptToken) {
      const claimed = await statement(`claim ${uploadId}`, () => {
        const row = visible(tenantId, uploadId);
        if (row === null) return null;
        const expired =
          weakness === "a claim ignores that another attempt is alive" ||
          row.attemptUntil === null ||
          row.attemptUntil < tables.now();
        if (row.status !== "pending" && !(row.status === "processing" && expired)) return null;
        if (row.attemptUntil !== null && row.attemptUntil >= tables.now())
          tables.wrongs.push(`a living attempt at u${uploadId.at(-1)} is replaced`);
        change(row, "processing", {
          startedAt: new Date(tables.now()),
          attemptToken,
          attemptUntil: attemptUntil(),
          strikes: row.strikes + 1,
          ...{ progress: 0, rowsRead: 0, rowsScored: 0, rowsRejected: 0 },
          ...{ model: null, report: null, summary: null, error: null },
        });
        return { upload: toUpload(row), objectKey: row.objectKey };
      });
      if (claimed === null) {
        const forgets = weakness === "a claim forgets an upload that is let go meanwhile";
        const isOpen = await statement(`is it open ${uploadId}`, () => {
          const row = visible(tenantId, uploadId);
          const status = row?.status;
          if (row !== null && weakness === "a refused claim counts as a strike") row.strikes++;
          return status === "processing" || (status === "pending" && !forgets);
        });
        if (isOpen) throw leaseLost();
        return null;
      }
      const careless = weakness === "a claim removes results although it has lost the upload";
      await deleteResults(tenantId, uploadId, careless ? null : { tenantId, uploadId, attemptToken });
      return claimed;
    },

    rememberedColumns: () => statement("remembered columns", () => ({})),

    saveReport: (attempt, report, model) =>
      write("save report", attempt, (row) => Object.assign(row, { report, model, attemptUntil: attemptUntil() })),

    saveProgress: (attempt, progress) =>
      write("save progress", attempt, (row) =>
        Object.assign(row, { progress: share(progress), attemptUntil: attemptUntil() }),
      ),

    savePredictions(attempt, predictions, rejections, progress) {
      const { tenantId, uploadId, attemptToken: token } = attempt;
      const blind =
        weakness === "results are saved without the token" ||
        (weakness === "a bury leaves the attempt able to write" && tables.uploads.get(uploadId)?.deletedAt !== null);
      return write(
        "save predictions",
        attempt,
        (row) => {
          const scored = tables.predictions.get(uploadId) ?? new Map();
          const refused = tables.rejections.get(uploadId) ?? new Map();
          if (predictions.some((each) => scored.has(each.row)) || rejections.some((each) => refused.has(each.row))) {
            throw new RetainWiseError("internal", "The database refused a statement.");
          }
          tables.predictions.set(uploadId, scored);
          tables.rejections.set(uploadId, refused);
          for (const result of predictions) scored.set(result.row, { tenantId, token, result });
          for (const result of rejections) refused.set(result.row, { tenantId, token, result });
          row.rowsRead += predictions.length + rejections.length;
          row.rowsScored += predictions.length;
          row.rowsRejected += rejections.length;
          Object.assign(row, { progress: share(progress), attemptUntil: attemptUntil() });
        },
        blind,
      );
    },

    requireMapping: (attempt, report, error) =>
      write("require mapping", attempt, (row) =>
        change(row, "needs_mapping", { ...noAttempt, report, error, strikes: 0 }),
      ),

    completeUpload: (attempt, end) =>
      write("complete", attempt, (row) => complete(row, end), weakness === "an upload completes without the token"),

    failUpload: (attempt, error, rows) =>
      write("fail", attempt, (row) =>
        change(row, "failed", {
          ...noAttempt,
          completedAt: new Date(tables.now()),
          error,
          ...(rows === null ? {} : { rowsRead: rows.read, rowsScored: rows.scored, rowsRejected: rows.rejected }),
        }),
      ),

    releaseUpload: (attempt) =>
      write("release", attempt, (row) =>
        change(row, "pending", { ...noAttempt, strikes: Math.max(0, row.strikes - 1) }),
      ),

    giveUpUpload: (tenantId, uploadId, error) =>
      statement(`give up ${uploadId}`, () => {
        const row = visible(tenantId, uploadId);
        const careless = weakness === "giving up ignores the status";
        if (row === null || (row.status !== "pending" && !careless)) return;
        if (row.status !== "pending") tables.wrongs.push(`u${uploadId.at(-1)} is given up while it is ${row.status}`);
        change(row, "failed", { completedAt: new Date(tables.now()), error });
      }),

    reviveUpload: (tenantId, uploadId) =>
      statement(`revive ${uploadId}`, () => {
        const row = visible(tenantId, uploadId);
        if (row?.status !== "failed") return false;
        change(row, "pending", { completedAt: null, error: null, strikes: 0, queuedAt: tables.now() });
        return true;
      }),

    ...createMemoryCorrections({ tables, statement, visible, isHeld, completeUpload: complete }),
    ...createMemorySweeps({ tables, statement, connection, weakness, post, deleteResults }),
  };
}
