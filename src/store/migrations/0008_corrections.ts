/** Rows set aside that a later upload corrects. */
export const migration = {
  // The place in the list: 8 once 0007 is there.
  number: 8,
  name: "corrections",
  sql: `
-- Null as well for rows that were set aside before there was this column: they are found by their row.
alter table rejections
  add column customer_id text;

-- [{"upload_id": …, "rows": …}] of an upload that was corrected; null: never.
alter table uploads
  add column corrections json;
`,
};
