/** What the view of the pipeline looks for: a tenant's uploads by when they came to an end. */
export const migration = {
  number: 5,
  name: "job_history",
  sql: `
-- No further columns in it: they would make every saved chunk of rows write into every index of the table.
create index uploads_ended on uploads (tenant_id, completed_at)
  where deleted_at is null and completed_at is not null;

-- Few of many: without it the planner reads the whole table for them.
create index uploads_failed on uploads (tenant_id, completed_at)
  where deleted_at is null and status = 'failed';
`,
};
