import { systemRole } from "../roles.ts";

/** How the canary's last run ended, whichever process it ran in: one row for the whole service. */
export const migration = {
  number: 6,
  name: "canary_result",
  sql: `
create table canary_result (
  is_last boolean primary key default true check (is_last),
  at timestamptz not null,
  seconds float8 not null,
  -- Null: all was well.
  reason text
);

alter table canary_result enable row level security, force row level security;
create policy all_rows on canary_result to ${systemRole} using (true) with check (true);
grant select, insert, update on canary_result to ${systemRole};
`,
};
