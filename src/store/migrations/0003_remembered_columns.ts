/** Mappings that a person asked to have remembered. */
export const migration = {
  number: 3,
  name: "remembered_columns",
  sql: `
create table remembered_columns (
  tenant_id uuid not null,
  -- Name of the model as the upload asked for it; empty: the default one.
  model text not null,
  feature text not null,
  column_name text not null,
  remembered_at timestamptz not null default now(),
  primary key (tenant_id, model, feature)
);
`,
};
