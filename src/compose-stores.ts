/** Opens database, storage and queue: for the service, and for commands that look at what it works on. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Config, StoragePlace } from "./config.ts";
import type { RetainWiseError } from "./errors.ts";
import { limits } from "./limits.ts";
import { formatMessage } from "./queue/message.ts";
import { createPostgresQueue } from "./queue/postgres.ts";
import type { Queue } from "./queue/queue.ts";
import { isCompiled, programFolder } from "./runtime/program-folder.ts";
import type { Address } from "./store/connection.ts";
import { createDatabase, type Database, type Scope } from "./store/database.ts";
import { attachEmbeddedPostgres, startEmbeddedPostgres } from "./store/embedded-postgres.ts";
import { createFilesystemObjects } from "./store/filesystem.ts";
import { migrateAsOwner } from "./store/login.ts";
import { migrate } from "./store/migrate.ts";
import type { Objects } from "./store/objects.ts";
import { createUploadStore } from "./store/upload-store.ts";

/** What is started stops in reverse order. */
export type Started = (() => Promise<void>)[];

export async function stopAll(started: Started): Promise<void> {
  for (const stopPart of started.splice(0).reverse()) await stopPart();
}

/** A part that hangs on a server which does not answer must not keep the process: what it was at is made to be cut off. */
export async function inTime(stopped: Promise<void>): Promise<void> {
  await Promise.race([stopped, sleep(limits.stopPartMilliseconds, undefined, { ref: false })]);
}

/** For a service: an embedded database is this process's own. */
export async function openStores(config: Config, started: Started, onLost: (error: RetainWiseError) => void) {
  const address = config.databaseUrl ?? (await startOwnDatabase(config, started, onLost));
  const database = await openDatabase(config, address, started);
  const objects = await openObjects(config.storage, started);
  const store = createStore(database, config);
  if (config.databaseUrl === null) {
    // The data folder is ours alone: whatever was under way belonged to a process that is dead.
    await store.releaseAllAttempts();
  }
  const queue = await openQueue(config, database.system(), started, config.databaseUrl === null);
  return { database, objects, store, queue };
}

/** For a command beside a running service, or without one: an embedded database that is in use is shared, not taken. */
export async function visitStores(config: Config, started: Started) {
  const address =
    config.databaseUrl ??
    (await attachEmbeddedPostgres(config.home)) ??
    (await startOwnDatabase(config, started, () => undefined));
  const database = await openDatabase(config, address, started);
  return {
    database,
    store: createStore(database, config),
    queue: await openQueue(config, database.system(), started, false),
  };
}

async function openDatabase(config: Config, address: Address, started: Started): Promise<Database> {
  const database = createDatabase(address);
  started.push(() => inTime(database.stop()));
  await prepareSchema(config, database);
  return database;
}

function createStore(database: Database, { leases }: Config) {
  return createUploadStore({
    database,
    messageFor: (tenantId, uploadId) => formatMessage({ tenantId, uploadId }),
    leaseSeconds: leases.attemptSeconds,
  });
}

/** Migrates, as the owner where one is named: then the service's own login owns nothing. */
async function prepareSchema({ databaseUrl, databaseOwnerUrl }: Config, database: Database): Promise<void> {
  if (databaseOwnerUrl !== null && databaseUrl !== null) await migrateAsOwner(databaseOwnerUrl, databaseUrl);
  else await migrate(database);
}

/** `alone`: nobody else can hold a message of the embedded queue. */
async function openQueue(
  { queueUrl, leases }: Config,
  system: Scope,
  started: Started,
  alone: boolean,
): Promise<Queue> {
  if (queueUrl === null) {
    const queue = createPostgresQueue(system, leases);
    started.push(() => queue.stop());
    if (alone) await queue.releaseAll();
    return queue;
  }
  const { createSqsClient, createSqsQueue } = await import("./queue/sqs.ts");
  const client = createSqsClient();
  const queue = createSqsQueue({ client, queueUrl }, leases);
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
  const embedded = await startEmbeddedPostgres({
    home: config.home,
    packages: isCompiled ? programFolder : null,
    onLost,
  });
  started.push(() => embedded.stop());
  return embedded.address;
}
