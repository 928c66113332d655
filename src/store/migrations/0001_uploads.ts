/** Uploads, their results, and what is to be sent to the queue. */
export const migration = {
  number: 1,
  name: "uploads",
  sql: `
create table uploads (
  upload_id uuid primary key,
  tenant_id uuid not null,
  object_key text not null,
  filename text not null,
  status text not null default 'pending'
    check (status in ('pending', 'processing', 'needs_mapping', 'completed', 'failed')),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  bytes bigint not null check (bytes >= 0),
  sha256 text not null,
  -- json, not jsonb: the text is kept as it came (order of keys, escaped U+0000).
  options json not null,
  rows_read integer not null default 0,
  rows_scored integer not null default 0,
  rows_rejected integer not null default 0,
  progress double precision not null default 0 check (progress between 0 and 1),
  model json,
  report json,
  summary json,
  error json,
  strikes integer not null default 0,
  -- The attempt that may write results, and until when it counts as alive without writing.
  attempt_token uuid,
  attempt_until timestamptz,
  -- Deleted for everyone at this time; its rows and its object follow.
  deleted_at timestamptz
);

create index uploads_newest on uploads (tenant_id, created_at desc, upload_id desc)
  where deleted_at is null;

create index uploads_deleted on uploads (deleted_at)
  where deleted_at is not null;

-- No foreign keys below: each of up to five million rows would be checked, and every insert is already
-- guarded by the upload's attempt token in the same statement.
create table predictions (
  tenant_id uuid not null,
  upload_id uuid not null,
  row_number integer not null,
  customer_id text,
  probability double precision not null,
  raw_score double precision not null,
  tier text not null check (tier in ('high', 'medium', 'low')),
  additivity_error double precision not null,
  explained boolean not null,
  shap_values double precision[] not null,
  feature_values double precision[] not null,
  notes json,
  source text not null,
  primary key (upload_id, row_number)
);

-- The tier comes first so that a page of one tier does not read through the others; all tiers together are merged from three.
create index predictions_by_risk on predictions (upload_id, tier, probability desc, row_number);

-- An upload has one tenant: without this the planner expects a fraction of the rows and sorts them all for one page.
create statistics predictions_owner (dependencies) on tenant_id, upload_id from predictions;

create table rejections (
  tenant_id uuid not null,
  upload_id uuid not null,
  row_number integer not null,
  error_code text not null,
  error text not null,
  source text not null,
  primary key (upload_id, row_number)
);

create table outbox (
  outbox_id bigint generated always as identity primary key,
  tenant_id uuid not null,
  upload_id uuid not null,
  body text not null,
  created_at timestamptz not null default now()
);
`,
};
