/** Uploads as people see them: new, one, many, answered, deleted. */
import { RetainWiseError } from "../errors.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Tenant } from "./database.ts";
import { removeIntent } from "./object-intents.ts";
import { type RememberedColumns, rememberColumns } from "./remembered-columns.ts";
import { storableText } from "./text.ts";
import type { Upload, UploadOptions, UploadReport } from "./upload.ts";
import { toUpload, type UploadRow } from "./upload-row.ts";
import { isUuid } from "./uuid.ts";

export interface NewUpload {
  readonly uploadId: string;
  readonly filename: string;
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly options: UploadOptions;
}

/**
 * The upload and the message about it in one transaction: neither is without the other. Throws `idempotency_conflict` when the id is taken, be
 * it by an upload that was deleted. `admitUpload` with the same key goes before.
 */
export function insertUpload(tenant: Tenant, upload: NewUpload, messageBody: string): Promise<Upload> {
  return tenant.transaction(async (sql) => {
    const rows = await sql<UploadRow[]>`
      with message as (
        insert into outbox (tenant_id, upload_id, body)
        values (${tenant.tenantId}, ${upload.uploadId}, ${messageBody})
      )
      insert into uploads (upload_id, tenant_id, object_key, filename, bytes, sha256, options)
      values (
        ${upload.uploadId},
        ${tenant.tenantId},
        ${upload.objectKey},
        ${storableText(upload.filename)},
        ${upload.bytes},
        ${upload.sha256},
        ${JSON.stringify(upload.options)}::text::json
      )
      on conflict (upload_id)
      do nothing
      returning *`;
    if (!(await removeIntent(sql, tenant, upload.objectKey)))
      throw new RetainWiseError("storage_unavailable", "Storing the file took longer than an upload may take.");
    // A data-modifying part of a statement runs whatever the rest does: undone here, with the message it would have sent.
    if (rows[0] === undefined)
      throw new RetainWiseError("idempotency_conflict", "There is an upload with this id already.");
    return toUpload(rows[0]);
  });
}

/** Null when there is none, be it deleted, another tenant's, or not an id at all. */
export function getUpload(tenant: Tenant, uploadId: string): Promise<Upload | null> {
  if (!isUuid(uploadId)) return Promise.resolve(null);
  return tenant.transaction(async (sql) => {
    const rows = await sql<UploadRow[]>`
      select *
      from uploads
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and deleted_at is null`;
    return rows[0] === undefined ? null : toUpload(rows[0]);
  });
}

/** Newest first. Fails with `bad_request` when the cursor is not one of ours. */
export async function listUploads(
  tenant: Tenant,
  page: { limit: number; cursor: string | null },
): Promise<{ uploads: readonly Upload[]; nextCursor: string | null }> {
  // The time stays a text on both ways: a Date, which postgres.js makes of a timestamptz, would lose the microseconds.
  const after = page.cursor === null ? null : readCursor(page.cursor, isUploadCursor);
  const rows = await tenant.transaction(
    (sql) => sql<(UploadRow & { created_text: string })[]>`
      select *, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_text
      from uploads
      where ${tenant.mine(sql)}
        and deleted_at is null
        and (
          ${after === null}::boolean
          or (created_at, upload_id) < (${after?.[0] ?? null}::text::timestamptz, ${after?.[1] ?? null}::uuid)
        )
      order by created_at desc, upload_id desc
      limit ${page.limit + 1}`,
  );
  const last = rows.length > page.limit ? rows[page.limit - 1] : undefined;
  return {
    uploads: rows.slice(0, page.limit).map(toUpload),
    nextCursor: last === undefined ? null : writeCursor([last.created_text, last.upload_id]),
  };
}

/** What a person answers to an upload's questions. */
export interface MappingAnswer {
  /** Feature → column of the file. */
  readonly mapping: Readonly<Record<string, string>>;
  /** Feature → unit of the column's values, where it was said. */
  readonly units?: Readonly<Record<string, string>>;
  /** Feature → value of all customers, where no column holds it. */
  readonly constants?: Readonly<Record<string, string>>;
  /** The decimal mark, where that was the question. */
  readonly decimal: "." | "," | null;
  /** The day up to which a tenure is counted from dates, where that was the question. */
  readonly asOf?: string;
  /** Whether later uploads of the tenant, of the same model, use these columns. */
  readonly remember: boolean;
}

/** What was said last of a feature holds: a column, or a value for all. */
function without(before: Readonly<Record<string, string>> = {}, said: object = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(before).filter(([feature]) => !Object.hasOwn(said, feature)));
}

/** A column that is said anew loses the unit that was said of the former one. */
function unitsAfter(before: UploadOptions, { mapping, constants, units }: MappingAnswer): Record<string, string> {
  return { ...without(before.units, { ...mapping, ...constants }), ...units };
}

/**
 * What was said, by the columns' names: a place (`#3`) says nothing of the next file, and the name at that place only where it is the only
 * one. The decimal mark is the file's own and is found out again.
 */
function toRemember({ mapping, units = {} }: MappingAnswer, columns: readonly string[]): RememberedColumns {
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([feature, said]) => {
      const column = !columns.includes(said) && /^#\d+$/.test(said) ? columns[Number(said.slice(1)) - 1] : said;
      const isClear = column !== undefined && columns.filter((each) => each === column).length < 2;
      const unit = Object.hasOwn(units, feature) ? units[feature]! : null;
      return isClear ? [[feature, { column, unit }]] : [];
    }),
  );
}

/** Stores the answer over the former one and queues the work again; null unless the upload waits for a mapping. */
export async function answerMapping(
  tenant: Tenant,
  uploadId: string,
  answer: MappingAnswer,
  messageBody: string,
): Promise<Upload | null> {
  if (!isUuid(uploadId)) return null;
  return tenant.transaction(async (sql) => {
    const found = await sql<{ options: UploadOptions; report: UploadReport | null }[]>`
      select options, report
      from uploads
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and status = 'needs_mapping'
        and deleted_at is null
      for no key update`;
    if (found[0] === undefined) return null;
    const before = found[0].options;
    const constants = { ...without(before.constants, answer.mapping), ...answer.constants };
    const options: UploadOptions = {
      ...before,
      mapping: { ...without(before.mapping, answer.constants), ...answer.mapping },
      units: unitsAfter(before, answer),
      ...(before.constants === undefined && answer.constants === undefined ? {} : { constants }),
      ...(answer.decimal === null ? {} : { decimal: answer.decimal }),
      ...(answer.asOf === undefined ? {} : { asOf: answer.asOf }),
    };
    if (answer.remember) {
      const columns = found[0].report?.columns ?? [];
      await rememberColumns(sql, tenant.tenantId, before.model ?? "", toRemember(answer, columns));
    }
    const rows = await sql<UploadRow[]>`
      update uploads
      set status = 'pending',
          options = ${JSON.stringify(options)}::text::json,
          error = null,
          completed_at = null,
          wanted_at = now(),
          queued_at = now()
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
      returning *`;
    await sql`
      insert into outbox (tenant_id, upload_id, body)
      values (${tenant.tenantId}, ${uploadId}, ${messageBody})`;
    return toUpload(rows[0]!);
  });
}

function isUploadCursor(parts: readonly unknown[]): parts is [string, string] {
  const [time, id] = parts;
  const isTime = typeof time === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time);
  return parts.length === 2 && isTime && !Number.isNaN(Date.parse(time)) && typeof id === "string" && isUuid(id);
}
