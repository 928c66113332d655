/** With a column its unit: a column of days would be read as months the next time. */
export const migration = {
  number: 7,
  name: "remembered_units",
  sql: `
-- Null: the feature's own, or the one that the column's name says.
alter table remembered_columns add column unit text;

-- Said of a file that has no such column, it says nothing of the next one.
delete from remembered_columns where column_name = '';
`,
};
