/** What an operator's commands work on: dead letters, tenants, keys, the schema. Nothing here takes jobs. */
import { type Started, stopAll, visitStores } from "./compose-stores.ts";
import type { Config } from "./config.ts";
import { RetainWiseError } from "./errors.ts";
import { issueKey } from "./identity/api-key.ts";
import { readKeySecret } from "./identity/key-secret.ts";
import { type DeadJob, listDeadJobs, redriveDeadJobs } from "./jobs/dead-jobs.ts";
import type { QueueDepth } from "./queue/queue.ts";
import { type ApiKeyRecord, insertApiKey, listApiKeys, revokeApiKey } from "./store/api-keys.ts";
import { type CanaryRecord, readCanaryResult } from "./store/canary-result.ts";
import { migrateAsOwner } from "./store/login.ts";
import { type OpenWork, type PipelineView, readOpenWork } from "./store/pipeline.ts";
import { firstTenant } from "./store/tenant.ts";
import { insertTenant, listTenants, type TenantRecord } from "./store/tenants.ts";

/** What the whole service has before it, and how one tenant's week went. */
export interface ServiceStatus {
  readonly queue: QueueDepth;
  readonly open: OpenWork;
  /** Null where no canary has run. */
  readonly canary: CanaryRecord | null;
  readonly tenantId: string;
  readonly week: PipelineView;
}

export interface Administration {
  /** The first tenant's week where none is given. One that there is not has had none: a token's tenant need not be on our list. */
  status(tenantId: string | null): Promise<ServiceStatus>;
  deadJobs(): Promise<DeadJob[]>;
  redrive(code: string | null): Promise<number>;
  tenants(): Promise<TenantRecord[]>;
  createTenant(name: string): Promise<string>;
  keys(): Promise<ApiKeyRecord[]>;
  /** For the first tenant where none is given. The key itself is in this answer and nowhere else. Throws `tenant_not_found`. */
  createKey(tenantId: string | null, name: string, expiresAt: Date | null): Promise<{ keyId: string; key: string }>;
  /** Throws `key_not_found`. */
  revokeKey(keyId: string): Promise<void>;
  stop(): Promise<void>;
}

export async function openAdministration(config: Config): Promise<Administration> {
  const started: Started = [];
  const stop = () => stopAll(started);
  try {
    const { database, store, queue } = await visitStores(config, started);
    const system = database.system();
    return {
      async status(given) {
        const tenantId = given ?? firstTenant;
        return {
          queue: await queue.depth(),
          open: await readOpenWork(system),
          canary: await readCanaryResult(system),
          tenantId,
          week: await store.readPipeline(tenantId),
        };
      },
      deadJobs: () => listDeadJobs({ store, queue }),
      redrive: (code) => redriveDeadJobs({ store, queue }, code),
      tenants: () => listTenants(system),
      async createTenant(name) {
        const tenantId = crypto.randomUUID();
        await insertTenant(system, { tenantId, name });
        return tenantId;
      },
      keys: () => listApiKeys(system),
      async createKey(tenantId, name, expiresAt) {
        const { keyId, key, digest } = issueKey(config.keySecret ?? (await ownSecret(config)));
        await insertApiKey(system, { keyId, tenantId: tenantId ?? firstTenant, name, digest, expiresAt });
        return { keyId, key };
      },
      async revokeKey(keyId) {
        if (await revokeApiKey(system, keyId)) return;
        throw new RetainWiseError("key_not_found", `There is no key ${keyId} that could be revoked.`);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Answers how many migrations were applied; afterwards the service's login may use what they made. */
export async function migrateDatabase({ databaseUrl, databaseOwnerUrl }: Config): Promise<number> {
  if (databaseUrl === null) {
    throw new RetainWiseError("config_invalid", "RETAINWISE_DATABASE_URL: the embedded database migrates by itself.");
  }
  return migrateAsOwner(databaseOwnerUrl ?? databaseUrl, databaseUrl);
}

function ownSecret({ home, databaseUrl }: Config): Promise<string> {
  if (databaseUrl === null) return readKeySecret(home);
  throw new RetainWiseError(
    "config_invalid",
    "RETAINWISE_KEY_SECRET: must be the one that the service has, or the key would not be known to it.",
  );
}
