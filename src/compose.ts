/** Wires the service once: the only place that picks an implementation. What starts here stops here, in reverse. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createApp } from "./api/app.ts";
import type { Services } from "./api/services.ts";
import { createTaskProtection } from "./aws/task-protection.ts";
import { startCanary } from "./canary/canary.ts";
import { createInnerDoor } from "./canary/inner-door.ts";
import { inTime, openStores, type Started, stopAll } from "./compose-stores.ts";
import type { Config } from "./config.ts";
import { guardCell, writeRecord } from "./csv/write.ts";
import { RetainWiseError, toRetainWiseError } from "./errors.ts";
import { unitsFor } from "./features/conversion.ts";
import { identifyByEither, identifyOpen } from "./identity/identify.ts";
import type { Identify } from "./identity/identity.ts";
import { identifyByJwt } from "./identity/jwt.ts";
import { readKeySecret } from "./identity/key-secret.ts";
import { identifyByKey } from "./identity/keys.ts";
import { localKeys } from "./identity/local-keys.ts";
import { createRateLimit } from "./identity/rate-limit.ts";
import { remoteKeys } from "./identity/remote-keys.ts";
import { createSessions } from "./identity/session.ts";
import { createInference } from "./inference/client.ts";
import { inspectHead } from "./inference/inspect-head.ts";
import { createPredictor } from "./inference/predictor.ts";
import { rejectedRecords } from "./inference/rejected-file.ts";
import { listDeadJobs, redriveDeadJobs } from "./jobs/dead-jobs.ts";
import { runJob, toUploadError } from "./jobs/job.ts";
import { startPoller } from "./jobs/poller.ts";
import { startRelay } from "./jobs/relay.ts";
import { startSweeper } from "./jobs/sweeper.ts";
import { limits } from "./limits.ts";
import { sampleFile, webFolder } from "./runtime/program-folder.ts";
import { loadRuntime } from "./runtime/runtime.ts";
import { startModels } from "./start-models.ts";
import { startTelemetry } from "./start-telemetry.ts";
import { findApiKey } from "./store/api-keys.ts";
import { readCanaryResult, saveCanaryResult } from "./store/canary-result.ts";
import type { Database } from "./store/database.ts";
import { canaryTenant, firstTenant } from "./store/tenant.ts";
import { createLogger, type Log } from "./telemetry/logger.ts";
import { measureCalls } from "./telemetry/measure-calls.ts";
import { measureJobs, measureMessages } from "./telemetry/measure-jobs.ts";
import { measureModels } from "./telemetry/measure-models.ts";
import { measureObjects } from "./telemetry/measure-objects.ts";
import { measureQueue } from "./telemetry/measure-queue.ts";
import { measureStore } from "./telemetry/measure-store.ts";
import type { Metrics } from "./telemetry/metrics.ts";
import { startPulse } from "./telemetry/pulse.ts";
import { readAssets } from "./web/assets.ts";
import { createSite } from "./web/site.ts";

/** `serve` is both halves in one process; apart they need a database that both can reach. */
export type Role = "serve" | "api" | "worker";

export interface Service {
  /** `http://host:port`; empty for a worker alone. */
  readonly url: string;
  /** Resolves when the embedded database is gone for good: nothing can be stored any more, and only a new start helps. */
  readonly lost: Promise<RetainWiseError>;
  /** Looks for new versions of models now, and not at the next turn. */
  reloadModels(): void;
  /** Drains, stops every part in reverse order and lets go of the data folder. */
  stop(): Promise<void>;
}

/** Starts a role; `writeLog` gets one JSON line an event. What was started is stopped again when a later part fails. */
export async function startService(role: Role, config: Config, writeLog: (line: string) => void): Promise<Service> {
  const log = createLogger(writeLog);
  const started: Started = [];
  const lost = Promise.withResolvers<RetainWiseError>();
  const stop = () => stopAll(started);
  try {
    if (role !== "serve" && config.databaseUrl === null) {
      throw new RetainWiseError(
        "config_invalid",
        `RETAINWISE_DATABASE_URL: ${role} needs a database that other processes can reach.`,
      );
    }
    const telemetry = await startTelemetry(config, role, log);
    started.push(() => telemetry.stop());
    const parts = await startParts(config, log, telemetry.metrics, started, lost.resolve);
    if (role !== "api") startWorker(parts, config, log, started);
    const url = role === "worker" ? "" : await startApi(parts, config, log, started);
    const pulse = await startPulse({ log }, { home: config.home, role, url });
    started.push(() => pulse.stop());
    log("service.started", { role, models: parts.models.list().length });
    return { url, lost: lost.promise, reloadModels: parts.reloadModels, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What both halves use. */
async function startParts(
  config: Config,
  log: Log,
  metrics: Metrics,
  started: Started,
  onLost: (error: RetainWiseError) => void,
) {
  const stores = await openStores(config, started, onLost);
  const objects = measureObjects(stores.objects, metrics);
  const store = measureStore(stores.store, metrics);
  const queue = measureQueue(stores.queue, config.queueUrl === null ? "postgres" : "sqs", metrics);
  const inference = createInference();
  started.push(() => inference.stop());
  const {
    models,
    reload: reloadModels,
    stop: stopModels,
  } = await startModels(config, inference, { log, measure: measureModels(metrics) });
  started.push(stopModels);

  // A transaction's message may have been left by either half, and so may an interrupted deletion.
  const relay = startRelay(
    { relayOutbox: () => store.relayOutbox((body) => queue.sendMessage(body)), log },
    { idleMilliseconds: limits.relayIdleMilliseconds },
  );
  started.push(() => inTime(relay.stop()));
  const deleteObject = (key: string) => objects.delete(key);
  const expired = toUploadError("expired", `It was not processed within ${limits.workSeconds / 3_600} hours.`);
  const sweeper = startSweeper({
    chores: {
      deletions: () => store.sweepDeletions(deleteObject),
      orphans: () => store.sweepIntents(deleteObject),
      expired: () => store.expireOverdue(expired),
      requeued: () => store.requeueOverdue(),
    },
    log,
  });
  started.push(() => inTime(sweeper.stop()));
  return { database: stores.database, objects, store, queue, metrics, inference, models, reloadModels, relay, sweeper };
}

type Parts = Awaited<ReturnType<typeof startParts>>;

function startWorker(parts: Parts, config: Config, log: Log, started: Started): void {
  const { store, objects, queue, inference, models, metrics } = parts;
  const { visibilityTimeoutSeconds, heartbeatSeconds } = config.leases;
  const modelFor = (name: string | null) => {
    const { name: found, version, digest } = models.get(name);
    return { name: found, version, digest };
  };
  const jobDeps = { store, objects, inference, modelFor, log, measure: measureJobs(metrics, { apart: canaryTenant }) };
  const protection = createTaskProtection({ agent: config.ecsAgent, log });
  started.push(() => protection.stop());
  const poller = startPoller(
    {
      queue,
      log,
      activity: protection,
      measure: measureMessages(metrics),
      runJob: (tenant, uploadId, signal, isLast) => runJob(jobDeps, tenant, uploadId, signal, isLast),
      giveUp: (tenant, uploadId, { code, detail }) => store.giveUpUpload(tenant, uploadId, toUploadError(code, detail)),
    },
    { slots: limits.jobSlots, visibilityTimeoutSeconds, heartbeatSeconds },
  );
  started.push(() => poller.stop());
  metrics.worker.observe("WorkerHeartbeat", () => (poller.isAlive() ? 1 : 0));
}

async function startApi(parts: Parts, config: Config, log: Log, started: Started): Promise<string> {
  const { database, objects, store, queue, inference, models, relay, sweeper, metrics } = parts;
  const outer = await createIdentify(config, database);
  const sessions = config.auth.open ? null : createSessions(outer, { secret: await sessionSecret(config) });
  const door = createInnerDoor(sessions?.identify ?? outer, canaryTenant);
  const services: Services = {
    identify: door.identify,
    open: config.auth.open,
    measureCall: measureCalls(metrics, { bucketKey: config.keySecret ?? randomUUID() }),
    takeRequest: config.auth.open ? null : createRateLimit({ requestsPerMinute: config.requestsPerMinute }),
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
    unitsFor,
    writeRecord: (cells) => writeRecord(cells.map(guardCell)),
    workArrived: () => relay.wake(),
    rejectedRecords,
    sourceHeader: (upload) => writeRecord((upload.report?.columns ?? []).map(guardCell)),
    queueDepth: config.auth.open ? () => queue.depth() : null,
    deadLetters: config.auth.open
      ? { list: () => listDeadJobs({ queue, store }), redrive: (code) => redriveDeadJobs({ queue, store }, code) }
      : null,
    canaryResult: () => readCanaryResult(database.system()),
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
  const site = createSite({ api: app.fetch, assets: await readAssets(webFolder, sampleFile), sessions, log });
  const server = await runtime.serve({ fetch: site.fetch, hostname: config.host, port: config.port });
  started.push(async () => {
    stopping.abort();
    await server.stop();
  });
  if (config.canarySeconds !== null) {
    const canary = startCanary(
      {
        call: async (request) => app.fetch(door.admit(request)),
        model: () => models.get(null),
        async onResult(result) {
          if (result.reason !== null) metrics.pipeline.count("CanaryFailure", { Reason: result.reason });
          await saveCanaryResult(database.system(), result);
        },
        log,
      },
      { intervalSeconds: config.canarySeconds },
    );
    started.push(() => inTime(canary.stop()));
  }
  return server.url;
}

async function createIdentify({ auth, home, keySecret }: Config, database: Database): Promise<Identify> {
  if (auth.open) return identifyOpen(firstTenant);
  const ways: { key?: Identify; jwt?: Identify } = {};
  if (auth.keys) {
    const secret = keySecret ?? (await readKeySecret(home));
    ways.key = identifyByKey({ findKey: (keyId) => findApiKey(database.system(), keyId), secret });
  }
  if (auth.jwt !== null) {
    const { issuer, audience, tenantClaim, keys } = auth.jwt;
    const keySet = keys.startsWith("http") ? remoteKeys(new URL(keys)) : await localKeys(await readKeyFile(keys));
    ways.jwt = identifyByJwt({ issuer, audience, tenantClaim, keys: keySet });
  }
  const { key, jwt } = ways;
  if (key !== undefined && jwt !== undefined) return identifyByEither(key, jwt);
  return (key ?? jwt)!;
}

/** With tokens alone and no secret given, sessions of the pages end with the process, and another process knows none of them. */
async function sessionSecret({ auth, home, keySecret }: Config): Promise<string> {
  return keySecret ?? (auth.keys ? await readKeySecret(home) : randomUUID());
}

function readKeyFile(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new RetainWiseError("config_invalid", `RETAINWISE_JWT_KEYS: the file ${path} cannot be read.`, { cause });
  });
}

async function probe(part: string, check: () => Promise<void>): Promise<{ part: string; problem: string | null }> {
  try {
    await check();
    return { part, problem: null };
  } catch (error) {
    return { part, problem: toRetainWiseError(error).detail };
  }
}
