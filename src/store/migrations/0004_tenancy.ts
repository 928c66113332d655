/** Tenants, their keys, and the wall between them: row-level security that holds for the owner of the tables too. */
import { systemRole, tenantRole } from "../roles.ts";

const mine = "tenant_id = (select nullif(current_setting('retainwise.tenant_id', true), '')::uuid)";

/** `force`: they hold for the owner too, so a later migration that changes rows has to lift them for its own transaction. */
const wall = (table: string): string => `
alter table ${table} enable row level security, force row level security;`;

/** A setting that was local to a transaction leaves an empty text behind, not null: hence the nullif. */
const tenantRows = (table: string): string => `
create policy tenant_rows on ${table} to ${tenantRole} using (${mine}) with check (${mine});`;

const allRows = (table: string): string => `
create policy all_rows on ${table} to ${systemRole} using (true) with check (true);`;

const ofTenants = ["uploads", "predictions", "rejections", "remembered_columns", "outbox", "object_intents"];
const ofSystem = ["uploads", "outbox", "object_intents", "messages", "tenants", "api_keys"];

export const migration = {
  number: 4,
  name: "tenancy",
  sql: `
-- Roles belong to the server: another database of ours may have made them, even at this moment.
do $$
declare
  wanted text;
  -- From 16 on, who makes a role is a member of it without being allowed to take it on.
  may_take text := case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
begin
  foreach wanted in array array['${tenantRole}', '${systemRole}'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception
        when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
  execute format('grant usage on schema %I to ${tenantRole}, ${systemRole}', current_schema());
  if not (pg_has_role(current_user, '${tenantRole}', may_take) and pg_has_role(current_user, '${systemRole}', may_take)) then
    execute format('grant ${tenantRole}, ${systemRole} to %I', current_user);
  end if;
end
$$;

create table tenants (
  tenant_id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

insert into tenants (tenant_id, name)
values ('00000000-0000-0000-0000-000000000001', 'first');

create table api_keys (
  key_id text primary key,
  tenant_id uuid not null references tenants,
  name text not null,
  -- HMAC-SHA-256 of the whole key, hex; the key itself is nowhere.
  digest text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- Written before an object is stored and removed with the insert of its upload: what is left names an orphan.
create table object_intents (
  object_key text primary key,
  tenant_id uuid not null,
  created_at timestamptz not null default now(),
  -- From here on the object may be gone: no upload may refer to it any more.
  swept_at timestamptz
);

-- Since when work is wanted (new, answered, revived), and since when a message about it may be under way.
alter table uploads
  add column wanted_at timestamptz not null default now(),
  add column queued_at timestamptz not null default now();
update uploads set wanted_at = created_at, queued_at = created_at;

create index uploads_active on uploads (queued_at)
  where deleted_at is null and status in ('pending', 'processing');
create index uploads_active_of_tenant on uploads (tenant_id)
  where deleted_at is null and status in ('pending', 'processing');

-- One queue for all tenants, as SQS is: whose upload it is stands in the body.
alter table messages drop column tenant_id;
create index messages_visible on messages (visible_at)
  where dead_at is null;
create index messages_dead on messages (dead_at)
  where dead_at is not null;

grant select, insert, update, delete on uploads, predictions, rejections, remembered_columns to ${tenantRole};
grant select, insert, delete on outbox, object_intents to ${tenantRole};
grant update (swept_at) on object_intents to ${tenantRole};

grant select (upload_id, tenant_id, object_key, status, created_at, deleted_at, attempt_until, wanted_at, queued_at)
  on uploads to ${systemRole};
grant update (queued_at) on uploads to ${systemRole};
grant select, insert, update, delete on outbox, messages to ${systemRole};
grant select, update, delete on object_intents to ${systemRole};
grant select, insert, update on tenants, api_keys to ${systemRole};
grant select on migrations to ${tenantRole}, ${systemRole};
${[...new Set([...ofTenants, ...ofSystem])].map(wall).join("")}
${ofTenants.map(tenantRows).join("")}
${ofSystem.map(allRows).join("")}
`,
};
