/** The unit that was said of a remembered column: what it holds is converted again, where it still fits. */
export const migration = {
  number: 7,
  name: "remembered_units",
  sql: `
-- Null: nobody said one. The table's policies and grants hold for its new column as well.
alter table remembered_columns add column unit text;
`,
};
