/** Tenants: who owns uploads. */
import type { Scope } from "./database.ts";

export interface TenantRecord {
  readonly tenantId: string;
  readonly name: string;
  readonly createdAt: Date;
}

export async function insertTenant(system: Scope, tenant: { tenantId: string; name: string }): Promise<void> {
  await system.transaction(
    (sql) => sql`
      insert into tenants (tenant_id, name)
      values (${tenant.tenantId}, ${tenant.name})`,
  );
}

export function listTenants(system: Scope): Promise<TenantRecord[]> {
  return system.transaction(async (sql) => {
    const rows = await sql<{ tenant_id: string; name: string; created_at: Date }[]>`
      select tenant_id, name, created_at
      from tenants
      order by created_at, tenant_id`;
    return rows.map((row) => ({ tenantId: row.tenant_id, name: row.name, createdAt: row.created_at }));
  });
}
