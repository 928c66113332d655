/** Which column a person said holds a feature, to be used for later files of the same kind. */
import type { Sql } from "./connection.ts";
import type { Tenant } from "./database.ts";
import { storableText } from "./text.ts";

export type FeatureColumns = Readonly<Record<string, string>>;

/** Within the caller's transaction; what was said before of the same features is replaced. */
export async function rememberColumns(
  sql: Sql,
  tenantId: string,
  model: string,
  mapping: FeatureColumns,
): Promise<void> {
  for (const [feature, column] of Object.entries(mapping)) {
    await sql`
      insert into remembered_columns (tenant_id, model, feature, column_name)
      values (${tenantId}, ${model}, ${feature}, ${storableText(column)})
      on conflict (tenant_id, model, feature)
      do update set
        column_name = excluded.column_name,
        remembered_at = now()`;
  }
}

export async function rememberedColumns(tenant: Tenant, model: string): Promise<FeatureColumns> {
  const rows = await tenant.transaction(
    (sql) => sql<{ feature: string; column_name: string }[]>`
      select feature, column_name
      from remembered_columns
      where ${tenant.mine(sql)}
        and model = ${model}
      order by feature`,
  );
  return Object.fromEntries(rows.map((row) => [row.feature, row.column_name]));
}
