/** The embedded queue. */
export const migration = {
  number: 2,
  name: "messages",
  sql: `
create table messages (
  message_id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  body text not null,
  sent_at timestamptz not null default now(),
  visible_at timestamptz not null default now(),
  receive_count integer not null default 0,
  -- Fresh with every receive; null: not received since it was sent, given back or redriven.
  receipt uuid,
  dead_at timestamptz
);

create index messages_visible on messages (tenant_id, visible_at)
  where dead_at is null;

create index messages_dead on messages (tenant_id, dead_at)
  where dead_at is not null;
`,
};
