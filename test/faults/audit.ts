/**
 * Has the database itself write down every change of an upload and every insert of results, in the same transaction: what was committed is in the
 * audit, whoever did it and whatever became of it.
 */
import type { Database } from "../../src/store/database.ts";

export interface AuditEntry {
  readonly entry: number;
  /** Of the transaction. */
  readonly tx: string;
  /** Port of the client's connection. */
  readonly client_port: number;
  /** `change`: of the upload's record · `rows`: predictions and rejections of one statement. */
  readonly kind: "change" | "rows";
  readonly upload_id: string;
  readonly tenant_id: string;
  readonly old_status: string | null;
  readonly new_status: string | null;
  readonly old_token: string | null;
  readonly new_token: string | null;
  /** The attempt had run out when it was replaced. */
  readonly was_over: boolean | null;
  readonly deleted: boolean | null;
  readonly rows: number | null;
}

/** Once the schema is there and before anything is uploaded. */
export async function installAudit(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.unsafe(`
      create schema audit;
      create table audit.entries (
        entry bigint generated always as identity primary key,
        at timestamptz not null default clock_timestamp(),
        tx bigint not null default txid_current(),
        client_port integer not null default coalesce(inet_client_port(), 0),
        kind text not null,
        upload_id uuid not null,
        tenant_id uuid not null,
        old_status text,
        new_status text,
        old_token uuid,
        new_token uuid,
        was_over boolean,
        deleted boolean,
        rows integer
      );
      -- As their owner: the service's own role may know nothing of the audit.
      create function audit.note_change() returns trigger language plpgsql security definer set search_path = audit as $$
      begin
        insert into audit.entries (
          kind, upload_id, tenant_id, old_status, new_status, old_token, new_token, was_over, deleted
        )
        values (
          'change', new.upload_id, new.tenant_id,
          case when tg_op = 'UPDATE' then old.status end, new.status,
          case when tg_op = 'UPDATE' then old.attempt_token end, new.attempt_token,
          case when tg_op = 'UPDATE' then coalesce(old.attempt_until < now(), true) end,
          new.deleted_at is not null
        );
        return null;
      end $$;
      create function audit.note_rows() returns trigger language plpgsql security definer set search_path = audit as $$
      begin
        insert into audit.entries (kind, upload_id, tenant_id, rows)
        select 'rows', upload_id, tenant_id, count(*)
        from added
        group by upload_id, tenant_id;
        return null;
      end $$;
      create trigger audit after insert or update on uploads
        for each row execute function audit.note_change();
      create trigger audit after insert on predictions
        referencing new table as added for each statement execute function audit.note_rows();
      create trigger audit after insert on rejections
        referencing new table as added for each statement execute function audit.note_rows();
    `);
  });
}

export async function readAudit(database: Database, uploadId: string | null = null): Promise<AuditEntry[]> {
  return database.transaction(async (sql) => [
    ...(await sql<AuditEntry[]>`
        select entry::integer, tx::text, client_port, kind, upload_id, tenant_id, old_status, new_status, old_token, new_token,
          was_over, deleted, rows
        from audit.entries
        where ${uploadId}::uuid is null or upload_id = ${uploadId}::uuid
        order by entry`),
  ]);
}
