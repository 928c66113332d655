/** Which column a person said holds a feature, and in which unit, to be used for later files of the same kind. */
import type { Sql } from "./connection.ts";
import type { Tenant } from "./database.ts";
import { storableText } from "./text.ts";

export interface RememberedColumn {
  readonly column: string;
  /** As it was said; null: the unit is what the column's name says, else the feature's own. */
  readonly unit: string | null;
}

/** Feature → column. */
export type RememberedColumns = Readonly<Record<string, RememberedColumn>>;

/** One of them as its tenant sees it. */
export interface RememberedMapping extends RememberedColumn {
  /** Name of the model as uploads ask for it; empty: the default one. */
  readonly model: string;
  readonly feature: string;
  readonly rememberedAt: Date;
}

/** Which of them: one feature's, or with null all of the model. */
export interface RememberedKey {
  readonly model: string;
  readonly feature: string | null;
}

interface Row {
  model: string;
  feature: string;
  column_name: string;
  unit: string | null;
  remembered_at: Date;
}

/** Within the caller's transaction; what was said before of the same features is replaced. */
export async function rememberColumns(
  sql: Sql,
  tenantId: string,
  model: string,
  columns: RememberedColumns,
): Promise<RememberedMapping[]> {
  const remembered: RememberedMapping[] = [];
  for (const [feature, { column, unit }] of Object.entries(columns)) {
    const rows = await sql<Row[]>`
      insert into remembered_columns (tenant_id, model, feature, column_name, unit)
      values (${tenantId}, ${model}, ${feature}, ${storableText(column)}, ${unit})
      on conflict (tenant_id, model, feature)
      do update set
        column_name = excluded.column_name,
        unit = excluded.unit,
        remembered_at = now()
      returning *`;
    remembered.push(...rows.map(toMapping));
  }
  return remembered;
}

export async function rememberedColumns(tenant: Tenant, model: string): Promise<RememberedColumns> {
  const rows = await tenant.transaction(
    (sql) => sql<Row[]>`
      select *
      from remembered_columns
      where ${tenant.mine(sql)}
        and model = ${model}
      order by feature`,
  );
  return Object.fromEntries(rows.map((row) => [row.feature, { column: row.column_name, unit: row.unit }]));
}

/** All that the tenant has. */
export async function listRemembered(tenant: Tenant): Promise<readonly RememberedMapping[]> {
  const rows = await tenant.transaction(
    (sql) => sql<Row[]>`
      select *
      from remembered_columns
      where ${tenant.mine(sql)}
      order by model, feature`,
  );
  return rows.map(toMapping);
}

export async function putRemembered(
  tenant: Tenant,
  { model, feature }: { readonly model: string; readonly feature: string },
  remembered: RememberedColumn,
): Promise<RememberedMapping> {
  const [row] = await tenant.transaction((sql) =>
    rememberColumns(sql, tenant.tenantId, model, { [feature]: remembered }),
  );
  return row!;
}

/** How many there were. */
export async function deleteRemembered(tenant: Tenant, { model, feature }: RememberedKey): Promise<number> {
  const rows = await tenant.transaction(
    (sql) => sql`
      delete from remembered_columns
      where ${tenant.mine(sql)}
        and model = ${model}
        and (${feature}::text is null or feature = ${feature})
      returning feature`,
  );
  return rows.length;
}

function toMapping(row: Row): RememberedMapping {
  return {
    model: row.model,
    feature: row.feature,
    column: row.column_name,
    unit: row.unit,
    rememberedAt: row.remembered_at,
  };
}
