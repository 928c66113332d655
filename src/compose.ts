/** Wires the service once: the only place that picks an implementation. What starts here stops here, in reverse. */
import { createApp } from "./api/app.ts";
import type { Services } from "./api/services.ts";
import { createTaskProtection } from "./aws/task-protection.ts";
import type { Config, StoragePlace } from "./config.ts";
import { guardCell, writeRecord } from "./csv/write.ts";
import { RetainWiseError, toRetainWiseError } from "./errors.ts";
import { createInference } from "./inference/client.ts";
import { inspectHead } from "./inference/inspect-head.ts";
import { loadModels } from "./inference/loaded-models.ts";
import { createPredictor } from "./inference/predictor.ts";
import { type DeadJob, listDeadJobs, redriveDeadJobs } from "./jobs/dead-jobs.ts";
import { runJob, toUploadError } from "./jobs/job.ts";
import { startPoller } from "./jobs/poller.ts";
import { startRelay } from "./jobs/relay.ts";
import { startSweeper } from "./jobs/sweeper.ts";
import { limits } from "./limits.ts";
import { findBundles, readPinnedKeys } from "./model/catalogue.ts";
import { readBundleFolder } from "./model/folder.ts";
import { formatMessage } from "./queue/message.ts";
import { createPostgresQueue } from "./queue/postgres.ts";
import type { Queue } from "./queue/queue.ts";
import { readOrtWasm } from "./runtime/ort-wasm.ts";
import { loadRuntime } from "./runtime/runtime.ts";
import { createDatabase, type Tenant } from "./store/database.ts";
import { startEmbeddedPostgres } from "./store/embedded-postgres.ts";
import { createFilesystemObjects } from "./store/filesystem.ts";
import { migrate } from "./store/migrate.ts";
import type { Objects } from "./store/objects.ts";
import { firstTenant } from "./store/tenant.ts";
import { createUploadStore } from "./store/upload-store.ts";
import { createLogger, type Log } from "./telemetry/logger.ts";

/** `serve` is both halves in one process; apart they need a database that both can reach. */
export type Role = "serve" | "api" | "worker";

export interface Service {
  /** `http://host:port`; empty for a worker alone. */
  readonly url: string;
  /** Resolves when the embedded database is gone for good: nothing can be stored any more, and only a new start helps. */
  readonly lost: Promise<RetainWiseError>;
  /** Drains, stops every part in reverse order and lets go of the data folder. */
  stop(): Promise<void>;
}

/** What is started stops in reverse order. */
type Started = (() => Promise<void>)[];

/** Starts a role; `writeLog` gets one JSON line an event. What was started is stopped again when a later part fails. */
export async function startService(role: Role, config: Config, writeLog: (line: string) => void): Promise<Service> {
  const log = createLogger(writeLog);
  const started: Started = [];
  const lost = Promise.withResolvers<RetainWiseError>();
  const stop = async (): Promise<void> => {
    for (const stopPart of started.splice(0).reverse()) await stopPart();
  };
  try {
    if (role !== "serve" && config.databaseUrl === null) {
      throw new RetainWiseError(
        "config_invalid",
        `RETAINWISE_DATABASE_URL: ${role} needs a database that other processes can reach.`,
      );
    }
    const parts = await startParts(config, log, started, lost.resolve);
    if (role !== "api") startWorker(parts, config, log, started);
    const url = role === "worker" ? "" : await startApi(parts, config, log, started);
    log("service.started", { role, models: parts.models.list().length });
    return { url, lost: lost.promise, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Database, storage and queue. */
async function openStores(config: Config, started: Started, onLost: (error: RetainWiseError) => void) {
  const address = config.databaseUrl ?? (await startOwnDatabase(config, started, onLost));
  const database = createDatabase(address);
  started.push(() => database.stop());
  await migrate(database);

  const tenantId = firstTenant;
  const objects = await openObjects(config.storage, started);
  const store = createUploadStore({
    database,
    messageFor: (tenant, uploadId) => formatMessage({ tenantId: tenant, uploadId }),
  });
  if (config.databaseUrl === null) {
    // The data folder is ours alone: whatever was under way belonged to a process that is dead.
    await store.releaseAllAttempts(tenantId);
  }
  const queue = await openQueue(config, database.tenant(tenantId), started);
  return { tenantId, database, objects, store, queue };
}

/** What both halves use. */
async function startParts(config: Config, log: Log, started: Started, onLost: (error: RetainWiseError) => void) {
  const stores = await openStores(config, started, onLost);
  const { tenantId, objects, store, queue } = stores;
  const inference = createInference();
  started.push(() => inference.stop());
  const [bundles, pinnedKeys, wasm] = await Promise.all([
    findBundles(config.models),
    readPinnedKeys(config.modelKeys),
    readOrtWasm(),
  ]);
  const models = await loadModels(bundles, async ({ folder }) =>
    inference.load({ files: await readBundleFolder(folder), pinnedKeys, wasm }),
  );
  for (const problem of models.problems) log("model.refused", { problem });

  // A transaction's message may have been left by either half, and so may an interrupted deletion.
  const relay = startRelay(
    { relayOutbox: () => store.relayOutbox(tenantId, (body) => queue.sendMessage(body)), log },
    { idleMilliseconds: limits.relayIdleMilliseconds },
  );
  started.push(() => relay.stop());
  const sweeper = startSweeper({ sweep: () => store.sweepDeletions(tenantId, (key) => objects.delete(key)), log });
  started.push(() => sweeper.stop());
  return { ...stores, inference, models, relay, sweeper };
}

type Parts = Awaited<ReturnType<typeof startParts>>;

function startWorker(parts: Parts, config: Config, log: Log, started: Started): void {
  const { store, objects, queue, inference, models } = parts;
  const modelFor = (name: string | null) => {
    const { name: found, version, digest } = models.get(name);
    return { name: found, version, digest };
  };
  const jobDeps = { store, objects, inference, modelFor, log };
  const protection = createTaskProtection({ agent: config.ecsAgent, log });
  started.push(() => protection.stop());
  const poller = startPoller(
    {
      queue,
      log,
      activity: protection,
      runJob: (tenant, uploadId, signal) => runJob(jobDeps, tenant, uploadId, signal),
      giveUp: (tenant, uploadId, { code, detail }) => store.giveUpUpload(tenant, uploadId, toUploadError(code, detail)),
    },
    { slots: limits.jobSlots },
  );
  started.push(() => poller.stop());
}

async function startApi(parts: Parts, config: Config, log: Log, started: Started): Promise<string> {
  const { tenantId, database, objects, store, inference, models, relay, sweeper } = parts;
  const services: Services = {
    tenantId,
    objects,
    uploads: {
      ...store,
      async deleteUpload(tenant, uploadId) {
        const buried = await store.deleteUpload(tenant, uploadId);
        sweeper.wake();
        return buried;
      },
    },
    models,
    predictor: createPredictor(inference, models),
    inspectHead,
    writeRecord: (cells) => writeRecord(cells.map(guardCell)),
    workArrived: () => relay.wake(),
    sourceHeader: (upload) => writeRecord((upload.report?.columns ?? []).map(guardCell)),
    readiness: async () =>
      Promise.all([
        probe("database", () => database.check()),
        probe("storage", () => objects.check()),
        probe("model", async () => void models.get(null)),
      ]),
    log,
  };
  const stopping = new AbortController();
  const app = createApp(services, { stopping: stopping.signal });
  const runtime = await loadRuntime();
  const server = await runtime.serve({ fetch: app.fetch, hostname: config.host, port: config.port });
  started.push(async () => {
    stopping.abort();
    await server.stop();
  });
  return server.url;
}

/** What `dlq` works on: the queue and the store without anything that takes jobs. */
export interface DeadJobs {
  list(): Promise<DeadJob[]>;
  redrive(code: string | null): Promise<number>;
  stop(): Promise<void>;
}

export async function openDeadJobs(config: Config): Promise<DeadJobs> {
  const started: Started = [];
  const stop = async (): Promise<void> => {
    for (const stopPart of started.splice(0).reverse()) await stopPart();
  };
  try {
    const deps = await openStores(config, started, () => undefined);
    return { list: () => listDeadJobs(deps), redrive: (code) => redriveDeadJobs(deps, code), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openQueue({ queueUrl, databaseUrl }: Config, tenant: Tenant, started: Started): Promise<Queue> {
  if (queueUrl === null) {
    const queue = createPostgresQueue(tenant);
    started.push(() => queue.stop());
    if (databaseUrl === null) await queue.releaseAll();
    return queue;
  }
  const { createSqsClient, createSqsQueue } = await import("./queue/sqs.ts");
  const client = createSqsClient();
  const queue = createSqsQueue({ client, queueUrl });
  started.push(async () => {
    await queue.stop();
    client.destroy();
  });
  return queue;
}

async function openObjects(storage: StoragePlace, started: Started): Promise<Objects> {
  if (storage.kind === "folder") return createFilesystemObjects({ folder: storage.folder });
  // Loaded when asked for: the SDK is large, and a laptop never needs it.
  const { createS3Objects } = await import("./store/s3.ts");
  const objects = createS3Objects({ bucket: storage.bucket });
  started.push(async () => objects.stop());
  return objects;
}

async function startOwnDatabase(config: Config, started: Started, onLost: (error: RetainWiseError) => void) {
  const embedded = await startEmbeddedPostgres({ home: config.home, onLost });
  started.push(() => embedded.stop());
  return embedded.address;
}

async function probe(part: string, check: () => Promise<void>): Promise<{ part: string; problem: string | null }> {
  try {
    await check();
    return { part, problem: null };
  } catch (error) {
    return { part, problem: toRetainWiseError(error).detail };
  }
}
