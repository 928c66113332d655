/** How a row of `uploads` becomes an Upload. */
import type { Upload, UploadStatus } from "./upload.ts";

export interface UploadRow {
  readonly upload_id: string;
  readonly tenant_id: string;
  readonly object_key: string;
  readonly filename: string;
  readonly status: UploadStatus;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly bytes: number;
  readonly sha256: string;
  readonly options: Upload["options"];
  readonly rows_read: number;
  readonly rows_scored: number;
  readonly rows_rejected: number;
  readonly progress: number;
  readonly model: Upload["model"];
  readonly report: Upload["report"];
  readonly summary: unknown;
  readonly error: Upload["error"];
  readonly corrections: Upload["corrections"] | null;
  readonly strikes: number;
}

export function toUpload(row: UploadRow): Upload {
  return {
    uploadId: row.upload_id,
    tenantId: row.tenant_id,
    filename: row.filename,
    status: row.status,
    createdAt: row.created_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
    bytes: row.bytes,
    sha256: row.sha256,
    options: row.options,
    rowsRead: row.rows_read,
    rowsScored: row.rows_scored,
    rowsRejected: row.rows_rejected,
    progress: row.progress,
    model: row.model,
    report: row.report,
    summary: row.summary,
    error: row.error,
    corrections: row.corrections ?? [],
    strikes: row.strikes,
  };
}
