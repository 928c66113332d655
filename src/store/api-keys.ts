/** API keys as they are kept: a digest, never the key. */
import { RetainWiseError } from "../errors.ts";
import type { Scope } from "./database.ts";

export interface NewApiKey {
  readonly keyId: string;
  readonly tenantId: string;
  readonly name: string;
  /** HMAC-SHA-256, hex. */
  readonly digest: string;
  readonly expiresAt: Date | null;
}

export interface ApiKeyRecord extends NewApiKey {
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

interface ApiKeyRow {
  readonly key_id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly digest: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

/** Throws `tenant_not_found` when there is no such tenant. */
export async function insertApiKey(system: Scope, key: NewApiKey): Promise<void> {
  const inserted = await system.transaction(
    (sql) => sql`
      insert into api_keys (key_id, tenant_id, name, digest, expires_at)
      select ${key.keyId}, tenant_id, ${key.name}, ${key.digest}, ${key.expiresAt?.toISOString() ?? null}::text::timestamptz
      from tenants
      where tenant_id = ${key.tenantId}`,
  );
  if (inserted.count === 0) {
    throw new RetainWiseError("tenant_not_found", `There is no tenant ${key.tenantId}.`);
  }
}

/** The key while it is good: neither revoked nor expired, by the database's clock. */
export function findApiKey(system: Scope, keyId: string): Promise<{ tenantId: string; digest: string } | null> {
  return system.transaction(async (sql) => {
    const rows = await sql<Pick<ApiKeyRow, "tenant_id" | "digest">[]>`
      select tenant_id, digest
      from api_keys
      where key_id = ${keyId}
        and revoked_at is null
        and (expires_at is null or expires_at > now())`;
    return rows[0] === undefined ? null : { tenantId: rows[0].tenant_id, digest: rows[0].digest };
  });
}

export function listApiKeys(system: Scope): Promise<ApiKeyRecord[]> {
  return system.transaction(async (sql) => {
    const rows = await sql<ApiKeyRow[]>`
      select *
      from api_keys
      order by created_at, key_id`;
    return rows.map((row) => ({
      keyId: row.key_id,
      tenantId: row.tenant_id,
      name: row.name,
      digest: row.digest,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
    }));
  });
}

/** False when there is no such key, or it was revoked before. */
export async function revokeApiKey(system: Scope, keyId: string): Promise<boolean> {
  const revoked = await system.transaction(
    (sql) => sql`
      update api_keys
      set revoked_at = now()
      where key_id = ${keyId}
        and revoked_at is null`,
  );
  return revoked.count > 0;
}
