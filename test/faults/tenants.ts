/** Tenants with an API key each, in a database that the service uses. */
import { randomBytes, randomUUID } from "node:crypto";
import { issueKey } from "../../src/identity/api-key.ts";
import { insertApiKey } from "../../src/store/api-keys.ts";
import type { Database } from "../../src/store/database.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import { insertTenant } from "../../src/store/tenants.ts";

export interface Tenant {
  readonly tenantId: string;
  /** What it shows with each request. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Tenancy {
  readonly tenants: readonly Tenant[];
  /** What the service must be told. */
  readonly environment: Readonly<Record<string, string>>;
}

/** `count` 0: everybody is the first tenant, and nobody shows a key. */
export async function makeTenancy(database: Database, count: number): Promise<Tenancy> {
  if (count === 0) return { tenants: [{ tenantId: firstTenant, headers: {} }], environment: {} };
  const secret = randomBytes(32).toString("base64");
  const system = database.system();
  const tenants: Tenant[] = [];
  for (let i = 0; i < count; i++) {
    const tenantId = randomUUID();
    const { keyId, key, digest } = issueKey(secret);
    await insertTenant(system, { tenantId, name: `tenant ${i}` });
    await insertApiKey(system, { keyId, tenantId, name: "faults", digest, expiresAt: null });
    tenants.push({ tenantId, headers: { authorization: `Bearer ${key}` } });
  }
  const environment = {
    RETAINWISE_AUTH: "keys",
    RETAINWISE_KEY_SECRET: secret,
    RETAINWISE_REQUESTS_PER_MINUTE: "1000000",
  };
  return { tenants, environment };
}
