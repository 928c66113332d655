/** Whether anything was lost, doubled, mixed up or left behind: looks at database, files and queue from outside and says what is wrong. */
import type { Database } from "../../src/store/database.ts";
import { readAudit } from "./audit.ts";
import { type CustomerFile, describeRow } from "./customer-file.ts";
import { illegalSteps } from "./transitions.ts";

export interface Scene {
  /** Reached as superuser and not through a proxy. */
  readonly database: Database;
  /** Every upload that was answered with 202, and its file. */
  readonly accepted: Map<string, CustomerFile>;
  /** Every file that was sent, answered or not. */
  readonly files: readonly CustomerFile[];
  /** SHA-256 of a file → the one tenant that sends it. */
  readonly owners: ReadonlyMap<string, string>;
  /** Keys of all stored objects. */
  readonly objects: () => Promise<readonly string[]>;
  /** Messages that wait or are in flight, and dead letters. */
  readonly queue: () => Promise<{ readonly waiting: number; readonly dead: number }>;
}

export type ViolationKind =
  | "lost"
  | "not_ended"
  | "rows"
  | "values"
  | "transition"
  | "foreign_tenant"
  | "unseen"
  | "orphan_row"
  | "orphan_object"
  | "object_missing"
  | "outbox"
  | "message"
  | "dead_letter"
  | "open_transaction"
  | "lock"
  | "slot";

export interface Violation {
  readonly kind: ViolationKind;
  readonly detail: string;
}

/** What must hold at every moment, with work under way. Rows of uploads in `proven` are not read again; those found complete are added. */
export async function violationsNow(scene: Scene, proven: Set<string> = new Set()): Promise<Violation[]> {
  const found: Violation[] = [];
  const uploads = await readUploads(scene.database);
  const byId = new Map(uploads.map((upload) => [upload.upload_id, upload]));
  for (const id of scene.accepted.keys()) if (!byId.has(id)) found.push({ kind: "lost", detail: `upload ${id}` });
  for (const upload of uploads.filter((each) => !proven.has(each.upload_id))) {
    const wrong = await wrongResults(scene, upload);
    found.push(...wrong);
    if (wrong.length === 0 && upload.status === "completed") proven.add(upload.upload_id);
  }

  const histories = Map.groupBy(await readAudit(scene.database), (entry) => entry.upload_id);
  for (const [id, entries] of histories) {
    found.push(
      ...illegalSteps(entries).map((step) => ({ kind: "transition" as const, detail: `upload ${id}: ${step}` })),
    );
  }
  for (const { what, upload_id, tenant_id } of await readForeign(scene)) {
    found.push({ kind: "foreign_tenant", detail: `${what} of ${upload_id} belongs to ${tenant_id}` });
  }
  for (const { what, upload_id, count } of await readUnowned(scene.database)) {
    found.push({ kind: "orphan_row", detail: `${count} ${what} of upload ${upload_id}, which does not exist` });
  }
  const objects = new Set(await scene.objects());
  for (const upload of uploads) {
    if (!objects.has(upload.object_key))
      found.push({ kind: "object_missing", detail: `of upload ${upload.upload_id}` });
  }
  return found;
}

/** What must hold besides once everything has come to rest. */
export async function violationsAtRest(scene: Scene): Promise<Violation[]> {
  const found = await violationsNow(scene);
  for (const upload of await readUploads(scene.database)) {
    if (upload.status !== "completed")
      found.push({ kind: "not_ended", detail: `upload ${upload.upload_id} is ${upload.status} (${upload.error})` });
  }
  const { waiting, dead } = await scene.queue();
  if (waiting > 0) found.push({ kind: "message", detail: `${waiting} messages are left` });
  if (dead > 0) found.push({ kind: "dead_letter", detail: `${dead} messages were given up` });
  for (const key of await orphanedObjects(scene)) found.push({ kind: "orphan_object", detail: key });
  return [...found, ...(await leftOpen(scene.database))];
}

/** Stored objects that neither an upload nor a note of one to come names: nothing would ever remove them. */
export async function orphanedObjects(scene: Pick<Scene, "database" | "objects">): Promise<string[]> {
  // In this order: an upload is recorded after its object is stored.
  const objects = await scene.objects();
  const owned = await scene.database.transaction(
    (sql) => sql<{ object_key: string }[]>`select object_key from uploads union select object_key from object_intents`,
  );
  const keys = new Set(owned.map((each) => each.object_key));
  return objects.filter((key) => !keys.has(key));
}

interface UploadFacts {
  readonly upload_id: string;
  readonly tenant_id: string;
  readonly object_key: string;
  readonly status: string;
  readonly sha256: string;
  readonly rows_scored: number;
  readonly rows_rejected: number;
  readonly error: string | null;
}

async function readUploads(database: Database): Promise<UploadFacts[]> {
  return database.transaction(async (sql) => [
    ...(await sql<UploadFacts[]>`
        select upload_id, tenant_id, object_key, status, sha256, rows_scored, rows_rejected, error::text
        from uploads
        where deleted_at is null`),
  ]);
}

/** A completed upload has exactly the valid rows with a fault-free run's values; any other has none that such a run has not. */
async function wrongResults({ database, accepted, files }: Scene, upload: UploadFacts): Promise<Violation[]> {
  const where = `upload ${upload.upload_id} (${upload.status})`;
  const file = files.find((each) => each.sha256 === upload.sha256);
  if (file === undefined) return [{ kind: "values", detail: `${where} is of a file that nobody sent` }];
  if ((accepted.get(upload.upload_id) ?? file) !== file)
    return [{ kind: "values", detail: `${where} has another's file` }];
  const stored = await readRows(database, upload.upload_id);
  const wrong = stored.rows.filter(({ row, text }) => file.rows.get(row) !== text).length;
  const found: Violation[] = [];
  if (wrong > 0) found.push({ kind: "values", detail: `${where} has ${wrong} rows that a fault-free run has not` });
  if (upload.status !== "completed") return found;
  const counts = [
    [stored.rows.length, upload.rows_scored, file.rows.size, "predictions"],
    [stored.rejections, upload.rows_rejected, file.rejected, "rejections"],
  ] as const;
  for (const [there, said, due, what] of counts) {
    if (there === due && said === due) continue;
    found.push({ kind: "rows", detail: `${where} has ${there} ${what} and says ${said}; they are ${due}` });
  }
  return found;
}

async function readRows(database: Database, uploadId: string) {
  interface Row {
    readonly row_number: number;
    readonly customer_id: string | null;
    readonly probability: number;
    readonly tier: string;
    readonly shap: string;
  }
  return database.transaction(async (sql) => {
    const rows = await sql<Row[]>`
      select row_number, customer_id, probability, tier, array_to_json(shap_values)::text as shap
      from predictions
      where upload_id = ${uploadId}
      order by row_number`;
    const rejections = await sql<{ count: number }[]>`
      select count(*)::integer as count
      from rejections
      where upload_id = ${uploadId}`;
    return {
      rows: rows.map((each) => ({
        row: each.row_number,
        text: describeRow(each.customer_id, each.probability, each.tier, JSON.parse(each.shap) as number[]),
      })),
      rejections: rejections[0]?.count ?? 0,
    };
  });
}

interface Foreign {
  readonly what: string;
  readonly upload_id: string;
  readonly tenant_id: string;
}

/** Whatever names a tenant, now or in the audit of all that ever was, names the one whose file it is. */
function readForeign({ database, owners }: Scene): Promise<Foreign[]> {
  const pairs = JSON.stringify([...owners].map(([sha256, tenant_id]) => ({ sha256, tenant_id })));
  return database.transaction(async (sql) => [
    ...(await sql<Foreign[]>`
        with owners as (
          select sha256, tenant_id from jsonb_to_recordset(${pairs}::text::jsonb) as pair (sha256 text, tenant_id uuid)
        ),
        owned as (
          select upload_id, object_key, owners.tenant_id from uploads join owners using (sha256)
        ),
        named as (
          select 'upload' as what, upload_id, tenant_id from uploads
          union select 'prediction', upload_id, tenant_id from predictions
          union select 'rejection', upload_id, tenant_id from rejections
          union select 'outbox', upload_id, tenant_id from outbox
          union select 'audit', upload_id, tenant_id from audit.entries
          union select 'message', (body::json->>'upload_id')::uuid, (body::json->>'tenant_id')::uuid from messages
        )
        select what, upload_id::text, named.tenant_id
        from named
        left join owned using (upload_id)
        where named.tenant_id is distinct from coalesce(owned.tenant_id, named.tenant_id)
          or named.tenant_id not in (select tenant_id from owners)
        union
        select 'object', object_key, tenant_id
        from owned
        where strpos(object_key, tenant_id::text) = 0
        union
        select 'note', object_key, tenant_id
        from object_intents
        where strpos(object_key, tenant_id::text) = 0`),
  ]);
}

function readUnowned(database: Database): Promise<{ what: string; upload_id: string; count: number }[]> {
  return database.transaction(async (sql) => [
    ...(await sql<{ what: string; upload_id: string; count: number }[]>`
        with results as (
          select 'predictions' as what, upload_id from predictions
          union all select 'rejections', upload_id from rejections
          union all select 'outbox', upload_id from outbox
        )
        select what, upload_id, count(*)::integer as count
        from results
        where not exists (select 1 from uploads where uploads.upload_id = results.upload_id)
        group by what, upload_id`),
  ]);
}

/** Outbox rows, transactions older than a moment, locks that outlive transactions, replication slots, prepared transactions. */
async function leftOpen(database: Database): Promise<Violation[]> {
  const rows = await database.transaction(
    (sql) => sql<{ kind: ViolationKind; detail: string }[]>`
      select 'outbox' as kind, 'of upload ' || upload_id as detail from outbox
      union all
      select 'open_transaction', state || ' since ' || xact_start || ': ' || left(query, 100)
      from pg_stat_activity
      where pid <> pg_backend_pid()
        and backend_type = 'client backend'
        and xact_start < clock_timestamp() - interval '2 seconds'
      union all
      select 'open_transaction', 'prepared: ' || gid from pg_prepared_xacts
      union all
      select 'lock', 'advisory, of process ' || pid
      from pg_locks
      where locktype = 'advisory'
      union all
      select 'slot', slot_name::text from pg_replication_slots`,
  );
  return rows.map(({ kind, detail }) => ({ kind, detail }));
}
