/** Made-up uploads and results. */
import { randomUUID } from "node:crypto";
import type { StoredPrediction, StoredRejection, Upload, UploadError, UploadReport } from "../../src/store/upload.ts";
import type { UploadStore } from "../../src/store/upload-store.ts";
import type { NewUpload } from "../../src/store/uploads.ts";

export function newUpload(changes: Partial<NewUpload> = {}): NewUpload {
  const uploadId = randomUUID();
  return {
    uploadId,
    filename: "customers.csv",
    objectKey: `uploads/${uploadId}`,
    bytes: 1234,
    sha256: "ab".repeat(32),
    options: { mapping: { tenure: "Months" }, delimiter: ";" },
    ...changes,
  };
}

/** A prediction for a row; numbers vary with the row and have no short binary form. */
export function prediction(row: number, changes: Partial<StoredPrediction> = {}): StoredPrediction {
  const probability = Math.fround(((row * 7919) % 1000) / 1000);
  return {
    row,
    customerId: `C-${row}`,
    probability,
    rawScore: row / 3,
    tier: probability >= 0.6 ? "high" : probability >= 0.3 ? "medium" : "low",
    additivityError: row * 1e-17,
    explanationStatus: "ok",
    shapValues: Array.from({ length: 18 }, (_, i) => (i - 9) / (row + 7)),
    values: Array.from({ length: 18 }, (_, i) => (i % 5 === 0 ? null : Math.fround(i * 1.1 + row))),
    notes: row % 10 === 0 ? { tenure: "imputed" } : null,
    source: `C-${row},"a ""quoted"" cell",back\\slash,{1,2},NULL`,
    ...changes,
  };
}

export function rejection(row: number): StoredRejection {
  return {
    row,
    customerId: `C-${row}`,
    errorCode: "value_invalid",
    error: `Row ${row}: tenure is "abc"`,
    source: `C-${row},abc`,
  };
}

export const report: UploadReport = {
  csv: { encoding: "utf-8", delimiter: ";", decimal: ",", header_row: 1 },
  columns: ["Months", "__proto__"],
  mapping: [{ feature: "tenure", column: "Mon\0ths \ud800", confidence: 1, method: "exact", transform: null }],
  unmapped_columns: ["__proto__", "constructor"],
  missing_features: [],
  questions: [],
  issues: [],
  issues_truncated: false,
  problems: [],
  not_scored: { customers: 0, monthly_revenue: 0, revenue_known_for: 0 },
};

export const uploadError: UploadError = { code: "csv_malformed", title: "t", detail: "d", remedy: "r" };

export const model = { name: "churn", version: "1.0.0", digest: "cd".repeat(32) };

/** As a request does: admitted first, inserted once its object is stored. */
export async function insertUpload(store: UploadStore, tenantId: string, upload: NewUpload): Promise<Upload> {
  await store.admitUpload(tenantId, upload.objectKey);
  return store.insertUpload(tenantId, upload);
}
