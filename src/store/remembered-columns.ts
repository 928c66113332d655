/** Which column a person said holds a feature, and in which unit, to be used for later files of the same kind. */
import type { Sql } from "./connection.ts";
import type { Tenant } from "./database.ts";
import { storableText } from "./text.ts";

export interface RememberedColumn {
  readonly column: string;
  /** Of its values; null: the feature's own, or the one that the column's name says. */
  readonly unit: string | null;
}

/** Feature → column. */
export type RememberedColumns = Readonly<Record<string, RememberedColumn>>;

export interface RememberedEntry extends RememberedColumn {
  /** As the upload asked for it; empty: the default one. */
  readonly model: string;
  readonly feature: string;
  readonly rememberedAt: Date;
}

/** Within the caller's transaction; what was said before of the same features is replaced. That a file has no such column says nothing of the next. */
export async function rememberColumns(
  sql: Sql,
  tenantId: string,
  model: string,
  columns: RememberedColumns,
): Promise<void> {
  for (const [feature, { column, unit }] of Object.entries(columns)) {
    if (column.trim() === "") continue;
    await sql`
      insert into remembered_columns (tenant_id, model, feature, column_name, unit)
      values (${tenantId}, ${model}, ${feature}, ${storableText(column)}, ${unit})
      on conflict (tenant_id, model, feature)
      do update set
        column_name = excluded.column_name,
        unit = excluded.unit,
        remembered_at = now()`;
  }
}

export async function rememberedColumns(tenant: Tenant, model: string): Promise<RememberedColumns> {
  const entries = await listRemembered(tenant);
  const own = entries.filter((entry) => entry.model === model);
  return Object.fromEntries(own.map(({ feature, column, unit }) => [feature, { column, unit }]));
}

/** All of the tenant's, by model and feature. */
export async function listRemembered(tenant: Tenant): Promise<readonly RememberedEntry[]> {
  const rows = await tenant.transaction(
    (sql) => sql<{ model: string; feature: string; column_name: string; unit: string | null; remembered_at: Date }[]>`
      select model, feature, column_name, unit, remembered_at
      from remembered_columns
      where ${tenant.mine(sql)}
      order by model, feature`,
  );
  return rows.map(({ model, feature, column_name, unit, remembered_at }) => ({
    ...{ model, feature, unit },
    column: column_name,
    rememberedAt: remembered_at,
  }));
}

export function rememberColumn(
  tenant: Tenant,
  model: string,
  feature: string,
  column: RememberedColumn,
): Promise<void> {
  return tenant.transaction((sql) => rememberColumns(sql, tenant.tenantId, model, { [feature]: column }));
}

/** False when there was nothing to forget. */
export async function forgetColumn(tenant: Tenant, model: string, feature: string): Promise<boolean> {
  const rows = await tenant.transaction(
    (sql) => sql`
      delete from remembered_columns
      where ${tenant.mine(sql)}
        and model = ${model}
        and feature = ${feature}
      returning feature`,
  );
  return rows.length > 0;
}
