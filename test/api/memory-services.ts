import { createHash } from "node:crypto";
import type { NewUpload, Services, StoredPrediction, Upload } from "../../src/api/services.ts";
import { RetainWiseError } from "../../src/errors.ts";
import type { StoredRejection } from "../../src/store/upload.ts";
import { describeCause } from "../../src/telemetry/cause.ts";
import { memoryChanges, memorySplit } from "./memory-changes.ts";
import { model, samplePrediction } from "./memory-model.ts";
import { pipelineOf } from "./memory-pipeline.ts";
import { memoryRemembered } from "./memory-remembered.ts";
import { memorySuggestion } from "./memory-suggestion.ts";

export const tenantId = "0198f3a2-0000-7000-8000-000000000001";

export interface LogLine {
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** A small, faithful stand-in for the rest of the house, with its insides open. */
export interface MemoryServices extends Services {
  readonly stored: Map<string, Uint8Array>;
  readonly rows: Map<string, Upload & { objectKey: string }>;
  readonly predictions: Map<string, StoredPrediction[]>;
  readonly rejections: Map<string, StoredRejection[]>;
  readonly lines: LogLine[];
  /** How often the relay was woken. */
  woken: number;
  /** Bytes that `objects.put` has taken so far, over all objects. */
  taken: number;
  /** Objects that are being stored. */
  storing: number;
  /** Fails the next calls of a verb of uploads or objects: name → error. */
  readonly failing: Map<string, Error>;
  /** What the last predict, suggest and answer were asked. */
  readonly asked: unknown[];
  parts: { part: string; problem: string | null }[];
  /** Sets fields of an upload, as a job would. */
  change(uploadId: string, fields: Partial<Upload>): void;
}

export interface MemoryOptions {
  /** Counts the bytes of an object in place of keeping them. */
  readonly forgetObjects?: boolean;
  /** Waits after each piece that is stored. */
  readonly onPiece?: () => Promise<void>;
}

export function createMemoryServices(options: MemoryOptions = {}): MemoryServices {
  const rows: MemoryServices["rows"] = new Map();
  const predictions: MemoryServices["predictions"] = new Map();
  const changes = memoryChanges(rows, predictions);
  const services: MemoryServices = {
    identify: async () => ({ tenantId, by: "open", user: "open" }),
    open: true,
    takeRequest: null,
    measureCall: () => undefined,
    stored: new Map(),
    rows,
    predictions,
    rejections: new Map(),
    lines: [],
    woken: 0,
    taken: 0,
    storing: 0,
    failing: new Map(),
    asked: [],
    parts: [{ part: "database", problem: null }],
    change: (uploadId, fields) => void services.rows.set(uploadId, { ...services.rows.get(uploadId)!, ...fields }),
    objects: {
      async put(key, pieces) {
        fail("put");
        services.storing++;
        const hash = createHash("sha256");
        const kept: Uint8Array[] = [];
        let bytes = 0;
        try {
          for await (const piece of pieces) {
            hash.update(piece);
            bytes += piece.length;
            services.taken += piece.length;
            if (options.forgetObjects !== true) kept.push(piece.slice());
            await options.onPiece?.();
          }
        } finally {
          services.storing--;
        }
        if (services.stored.has(key)) throw new Error("the key exists");
        services.stored.set(key, Buffer.concat(kept));
        return { bytes, sha256: hash.digest("hex") };
      },
      async *get(key) {
        yield services.stored.get(key)!;
      },
      async delete(key) {
        fail("delete");
        services.stored.delete(key);
      },
      async check() {},
    },
    uploads: {
      async admitUpload() {
        fail("admitUpload");
      },
      async insertUpload(tenant, upload) {
        fail("insertUpload");
        if (services.rows.has(upload.uploadId)) throw new RetainWiseError("idempotency_conflict", "The id is taken.");
        const row = newRow(tenant, upload);
        services.rows.set(upload.uploadId, row);
        return row;
      },
      async getUpload(tenant, uploadId) {
        fail("getUpload");
        const row = services.rows.get(uploadId);
        return row === undefined || row.tenantId !== tenant ? null : row;
      },
      async listUploads(tenant, { limit, cursor }) {
        fail("listUploads");
        const all = [...services.rows.values()].filter((row) => row.tenantId === tenant).reverse();
        const from = cursor === null ? 0 : Number(cursor);
        return {
          uploads: all.slice(from, from + limit),
          nextCursor: from + limit < all.length ? String(from + limit) : null,
        };
      },
      async answerMapping(tenant, uploadId, answer) {
        services.asked.push(answer);
        const row = services.rows.get(uploadId);
        if (row?.tenantId !== tenant || row.status !== "needs_mapping") return null;
        services.change(uploadId, {
          status: "pending",
          error: null,
          options: { ...row.options, mapping: answer.mapping },
        });
        return services.rows.get(uploadId)!;
      },
      ...memoryRemembered(),
      async deleteUpload(tenant, uploadId) {
        const row = services.rows.get(uploadId);
        if (row?.tenantId !== tenant) return null;
        services.rows.delete(uploadId);
        return { objectKey: row.objectKey };
      },
      async listPredictions(_tenant, uploadId, { limit, cursor, order, tier, q, reason }) {
        const all = (services.predictions.get(uploadId) ?? [])
          .filter((each) => tier === null || each.tier === tier)
          .filter((each) => reason === null || (each.shapValues[reason] ?? 0) > 0)
          .filter((each) => q === null || (each.customerId ?? "").toLowerCase().includes(q.toLowerCase()))
          .toSorted((a, b) => (order === "risk" ? b.probability - a.probability : a.row - b.row));
        const from = cursor === null ? 0 : Number(cursor);
        return {
          predictions: all.slice(from, from + limit),
          nextCursor: from + limit < all.length ? String(from + limit) : null,
        };
      },
      async getPrediction(_tenant, uploadId, row) {
        return (services.predictions.get(uploadId) ?? []).find((each) => each.row === row) ?? null;
      },
      async samplePredictions(_tenant, uploadId, { rows, seed }) {
        services.asked.push({ sampleOf: uploadId, rows, seed });
        return (services.predictions.get(uploadId) ?? []).slice(0, rows);
      },
      findEarlierUpload: changes.findEarlierUpload,
      async compareUploads(tenant, ids, page) {
        fail("compareUploads");
        return changes.compareUploads(tenant, ids, page);
      },
      async findMovers(tenant, ids, count) {
        fail("findMovers");
        services.asked.push({ moversOf: ids });
        return changes.findMovers(tenant, ids, count);
      },
      async *streamPredictions(_tenant, uploadId) {
        fail("streamPredictions");
        const all = services.predictions.get(uploadId) ?? [];
        for (let from = 0; from < all.length; from += 100) {
          yield all.slice(from, from + 100);
          if (from >= 1_000) fail("streamPredictionsLater");
        }
      },
      async *streamRejections(_tenant, uploadId) {
        yield services.rejections.get(uploadId) ?? [];
      },
      async readPipeline(tenant) {
        fail("readPipeline");
        services.asked.push({ pipelineOf: tenant });
        return pipelineOf([...services.rows.values()].filter((row) => row.tenantId === tenant));
      },
    },
    models: {
      list: () => [model],
      get(name) {
        if (name !== null && name !== model.name)
          throw new RetainWiseError("model_not_found", "There is no model of that name.");
        return model;
      },
      byDigest(digest) {
        if (digest !== model.digest)
          throw new RetainWiseError("model_unavailable", "The model that scored this upload is no longer here.");
        return model;
      },
    },
    predictor: {
      async predict(request) {
        fail("predict");
        services.asked.push(request);
        const { name, version, digest } = model;
        const predictions = request.customers.map((_customer, index) => {
          const one = { ...samplePrediction(index + 1), row: index + 1 };
          if (!request.interactions) return (request.explain ? model.presentDetail : model.present)(one, []);
          const interactions = model.presentInteractions(one, Float64Array.of(0.4, 0.1, 0.1, -0.35));
          return { ...model.presentDetail(one, []), interactions };
        });
        return { model: { name, version, digest }, predictions, rejected: [] };
      },
      async interactions(digest, prediction) {
        fail("interactions");
        services.asked.push({ digest, interactionsOf: prediction.row });
        return model.presentInteractions(prediction, Float64Array.of(0.4, 0.1, 0.1, -0.35));
      },
      async explainChanges({ model: digest, modelBefore, customers }) {
        const known = digest === model.digest && modelBefore === model.digest;
        return memorySplit(customers, known ? null : "A model is no longer loaded.");
      },
      async suggestMapping(request) {
        services.asked.push(request);
        return memorySuggestion;
      },
    },
    inspectHead,
    unitsFor: (unit) => (unit === "months" ? ["months", "days"] : []),
    writeRecord: (cells) =>
      cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(","),
    workArrived: () => void services.woken++,
    sourceHeader: () => "customer_id,tenure,note",
    rejectedRecords: () => ({
      header: "row,error_code,error,customer_id,tenure,note",
      record: ({ row, errorCode, error, source }) =>
        [row, errorCode, `"${error.replaceAll('"', '""')}"`, source].join(","),
    }),
    queueDepth: null,
    deadLetters: null,
    canaryResult: async () => null,
    readiness: async () => services.parts,
    log(event, fields = {}, cause) {
      const why = cause === undefined ? {} : { cause: describeCause(cause) };
      services.lines.push({ event, fields: { ...fields, ...why } });
    },
  };
  return services;

  function fail(verb: string): void {
    const error = services.failing.get(verb);
    if (error !== undefined) throw error;
  }
}

function newRow(
  tenant: string,
  { uploadId, filename, objectKey, bytes, sha256, options }: NewUpload,
): Upload & { objectKey: string } {
  const nothing = { startedAt: null, completedAt: null, model: null, report: null, summary: null, error: null };
  const counts = { rowsRead: 0, rowsScored: 0, rowsRejected: 0, progress: 0, strikes: 0 };
  return {
    uploadId,
    tenantId: tenant,
    filename,
    objectKey,
    bytes,
    sha256,
    options,
    status: "pending",
    createdAt: new Date(),
    ...nothing,
    ...counts,
    corrections: [],
  };
}

function inspectHead(head: Uint8Array, whole: boolean): void {
  if (head.length === 0) throw new RetainWiseError("empty_file", "The file has 0 bytes.");
  if (head[0] === 0x50 && head[1] === 0x4b)
    throw new RetainWiseError("not_csv", "The file is a zip archive or an Excel workbook (xlsx).");
  if (head[0] === 0x1f && head[1] === 0x8b) throw new RetainWiseError("not_csv", "The file is a gzip archive.");
  const lines = new TextDecoder()
    .decode(head)
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (whole && lines.length === 1) throw new RetainWiseError("no_data_rows", "The file has a header only.");
}
