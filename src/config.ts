/** The environment, parsed once: the only reader of it. `serve` needs none of these variables. */
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { RetainWiseError } from "./errors.ts";
import { limits } from "./limits.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** SQS knows whole seconds, up to twelve hours. */
const leastVisibilitySeconds = 3;
const mostVisibilitySeconds = 43_200;
const loopback = ["127.0.0.1", "::1", "localhost"];

const Port = v.pipe(
  v.string(),
  v.digits("must be a whole number from 0 to 65535"),
  v.transform(Number),
  v.maxValue(65_535, "must be a whole number from 0 to 65535"),
);
const visibilityRange = `must be a whole number from ${leastVisibilitySeconds} to ${mostVisibilitySeconds}`;
const VisibilitySeconds = v.pipe(
  v.string(),
  v.digits(visibilityRange),
  v.transform(Number),
  v.minValue(leastVisibilitySeconds, visibilityRange),
  v.maxValue(mostVisibilitySeconds, visibilityRange),
);
const Folder = v.pipe(
  v.string(),
  v.minLength(1),
  v.transform((path) => resolve(path)),
);

const Environment = v.pipe(
  v.object({
    /** Folder of everything embedded: database, files. */
    RETAINWISE_HOME: v.optional(Folder, ".retainwise"),
    /** Postgres to use instead of the embedded one, e.g. postgres://user@host/database. */
    RETAINWISE_DATABASE_URL: v.optional(
      v.pipe(v.string(), v.regex(/^postgres(ql)?:\/\//, "must begin with postgres://")),
    ),
    /** `file:` under the home, `file:/some/folder`, or `s3://bucket`. */
    RETAINWISE_STORAGE: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^(file:|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$)/, "must be file:, file:/some/folder or s3://bucket"),
      ),
      "file:",
    ),
    /** `postgres:` in the database, or the URL of an SQS queue. */
    RETAINWISE_QUEUE: v.optional(
      v.pipe(v.string(), v.regex(/^(postgres:$|https?:\/\/)/, "must be postgres: or the URL of an SQS queue")),
      "postgres:",
    ),
    /** How long a received message stays hidden from other workers without a sign of life; longer where the stores are slow. */
    RETAINWISE_VISIBILITY_SECONDS: v.optional(VisibilitySeconds, String(limits.visibilityTimeoutSeconds)),
    /** `open`: whoever reaches the port may do everything; only on a loopback address. */
    RETAINWISE_AUTH: v.optional(v.literal("open"), "open"),
    /** Folder of models: <name>/<version>/. */
    RETAINWISE_MODELS: v.optional(Folder, resolve(root, "models")),
    /** Folder of PEM public keys that may sign models. */
    RETAINWISE_MODEL_KEYS: v.optional(Folder, resolve(root, "models/keys")),
    PORT: v.optional(Port, "8080"),
    HOST: v.optional(v.pipe(v.string(), v.minLength(1)), "127.0.0.1"),
  }),
  v.check(
    (environment) => environment.RETAINWISE_AUTH !== "open" || loopback.includes(environment.HOST),
    "HOST: RETAINWISE_AUTH=open serves only a loopback address such as 127.0.0.1",
  ),
  v.transform((environment) => ({
    home: environment.RETAINWISE_HOME,
    databaseUrl: environment.RETAINWISE_DATABASE_URL ?? null,
    /** Null: the queue in the database. */
    queueUrl: environment.RETAINWISE_QUEUE === "postgres:" ? null : environment.RETAINWISE_QUEUE,
    leases: leasesOf(environment.RETAINWISE_VISIBILITY_SECONDS),
    storage: storagePlace(environment.RETAINWISE_STORAGE, environment.RETAINWISE_HOME),
    models: environment.RETAINWISE_MODELS,
    modelKeys: environment.RETAINWISE_MODEL_KEYS,
    port: environment.PORT,
    host: environment.HOST,
  })),
);
export type Config = v.InferOutput<typeof Environment>;

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = v.safeParse(Environment, present);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const name = v.getDotPath(issue);
  throw new RetainWiseError("config_invalid", name === null ? `${issue.message}.` : `${name}: ${issue.message}.`);
}

export interface Leases {
  /** A received message comes back after this without a heartbeat. */
  readonly visibilityTimeoutSeconds: number;
  readonly heartbeatSeconds: number;
  /** An attempt that wrote nothing for this long is dead. */
  readonly attemptSeconds: number;
}

/** A third and two thirds: two heartbeats fit into the visibility time, and a dead attempt can be claimed when its message comes back. */
function leasesOf(visibilityTimeoutSeconds: number): Leases {
  const heartbeatSeconds = visibilityTimeoutSeconds / 3;
  const attemptSeconds = visibilityTimeoutSeconds - heartbeatSeconds;
  return { visibilityTimeoutSeconds, heartbeatSeconds, attemptSeconds };
}

export type StoragePlace =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "s3"; readonly bucket: string };

function storagePlace(storage: string, home: string): StoragePlace {
  if (storage.startsWith("s3://")) return { kind: "s3", bucket: storage.slice("s3://".length) };
  const path = storage.slice("file:".length);
  return { kind: "folder", folder: path === "" ? resolve(home, "files") : resolve(path) };
}
