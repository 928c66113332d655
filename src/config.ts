/** The environment, parsed once: the only reader of it. `serve` needs none of these variables. */
import { resolve } from "node:path";
import process from "node:process";
import * as v from "valibot";
import { RetainWiseError } from "./errors.ts";
import { limits } from "./limits.ts";
import type { ModelPlace } from "./model/open-bundles.ts";
import { programFolder } from "./runtime/program-folder.ts";
import { readTelemetryConfig, type TelemetryConfig } from "./telemetry/telemetry-config.ts";

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

const PostgresUrl = v.pipe(
  v.string(),
  v.regex(/^postgres(ql)?:\/\//, "must begin with postgres://"),
  v.check(isDecodable, "login and password must be percent-encoded: every % / @ : ? # in them"),
);
const s3Prefix = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9._-]+)*\/?$/;

const Environment = v.pipe(
  v.object({
    /** Folder of everything embedded: database, files. */
    RETAINWISE_HOME: v.optional(Folder, ".retainwise"),
    /** Postgres to use instead of the embedded one, e.g. postgres://user@host/database. */
    RETAINWISE_DATABASE_URL: v.optional(PostgresUrl),
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
    /** Owner of the schema, for migrations: then the login above needs to own nothing. */
    RETAINWISE_DATABASE_OWNER_URL: v.optional(PostgresUrl),
    /** `open`: whoever reaches the port may do everything, only on a loopback address; `keys`, `jwt`, or `keys,jwt`. */
    RETAINWISE_AUTH: v.optional(
      v.picklist(["open", "keys", "jwt", "keys,jwt"], "must be open, keys, jwt or keys,jwt"),
      "open",
    ),
    /** Key of the HMAC that API keys are kept under. With the embedded database one is made and kept in the home. */
    RETAINWISE_KEY_SECRET: v.optional(v.pipe(v.string(), v.minLength(32, "must have at least 32 characters"))),
    RETAINWISE_JWT_ISSUER: v.optional(v.string()),
    RETAINWISE_JWT_AUDIENCE: v.optional(v.string()),
    /** The claim that holds the tenant's id, a UUID. */
    RETAINWISE_JWT_TENANT_CLAIM: v.optional(v.string(), "tenant_id"),
    /** Address of the provider's JSON Web Key Set, or a file that holds one. */
    RETAINWISE_JWT_KEYS: v.optional(
      v.pipe(
        v.string(),
        v.regex(
          /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/|(?!http))/,
          "must be an https address or a file",
        ),
      ),
    ),
    /** Requests that one tenant may make a minute, in each process. */
    RETAINWISE_REQUESTS_PER_MINUTE: v.optional(
      v.pipe(
        v.string(),
        v.digits("must be a whole number from 1 to 1000000"),
        v.transform(Number),
        v.minValue(1, "must be a whole number from 1 to 1000000"),
        v.maxValue(1_000_000, "must be a whole number from 1 to 1000000"),
      ),
      String(limits.requestsPerMinute),
    ),
    /** Seconds between two runs of the canary, golden customers sent through the whole way; unset: none. */
    RETAINWISE_CANARY_SECONDS: v.optional(
      v.pipe(
        v.string(),
        v.digits("must be a whole number from 1 to 86400"),
        v.transform(Number),
        v.minValue(1, "must be a whole number from 1 to 86400"),
        v.maxValue(86_400, "must be a whole number from 1 to 86400"),
      ),
    ),
    /** Models, as <name>/<version>/: a folder, or `s3://bucket/prefix`. */
    RETAINWISE_MODELS: v.optional(
      v.pipe(
        v.string(),
        v.check(
          (place) => !place.startsWith("s3:") || s3Prefix.test(place),
          "must be a folder, s3://bucket or s3://bucket/prefix",
        ),
        v.transform(modelPlace),
      ),
      resolve(programFolder, "models"),
    ),
    /** Versions that may score, as name@1.2.3, with commas between; all signed ones where it is not set. */
    RETAINWISE_MODEL_VERSIONS: v.optional(
      v.pipe(
        v.string(),
        v.transform((list) => list.split(",").map((entry) => entry.trim())),
        v.array(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,63}@\d+\.\d+\.\d+$/, "each must be like telecom@1.0.0"))),
      ),
    ),
    /** Folder of PEM public keys that may sign models. */
    RETAINWISE_MODEL_KEYS: v.optional(Folder, resolve(programFolder, "models/keys")),
    /** Where the agent of ECS listens; ECS sets it in every task. */
    ECS_AGENT_URI: v.optional(v.pipe(v.string(), v.regex(/^http:\/\//, "must begin with http://"))),
    PORT: v.optional(Port, "8080"),
    HOST: v.optional(v.pipe(v.string(), v.minLength(1)), "127.0.0.1"),
  }),
  v.check(
    (environment) => environment.RETAINWISE_AUTH !== "open" || loopback.includes(environment.HOST),
    "HOST: RETAINWISE_AUTH=open serves only a loopback address such as 127.0.0.1",
  ),
  v.check(
    (environment) =>
      !environment.RETAINWISE_AUTH.includes("jwt") ||
      (environment.RETAINWISE_JWT_ISSUER !== undefined &&
        environment.RETAINWISE_JWT_AUDIENCE !== undefined &&
        environment.RETAINWISE_JWT_KEYS !== undefined),
    "RETAINWISE_AUTH: jwt needs RETAINWISE_JWT_ISSUER, RETAINWISE_JWT_AUDIENCE and RETAINWISE_JWT_KEYS",
  ),
  v.check(
    (environment) =>
      !environment.RETAINWISE_AUTH.includes("keys") ||
      environment.RETAINWISE_DATABASE_URL === undefined ||
      environment.RETAINWISE_KEY_SECRET !== undefined,
    "RETAINWISE_KEY_SECRET: API keys in a database of your own need it; `openssl rand -base64 32` makes one",
  ),
  v.check(
    (environment) =>
      environment.RETAINWISE_DATABASE_OWNER_URL === undefined || environment.RETAINWISE_DATABASE_URL !== undefined,
    "RETAINWISE_DATABASE_OWNER_URL: needs RETAINWISE_DATABASE_URL, the login of the service",
  ),
  v.transform((environment) => ({
    auth: {
      open: environment.RETAINWISE_AUTH === "open",
      keys: environment.RETAINWISE_AUTH.includes("keys"),
      jwt: environment.RETAINWISE_AUTH.includes("jwt")
        ? {
            issuer: environment.RETAINWISE_JWT_ISSUER ?? "",
            audience: environment.RETAINWISE_JWT_AUDIENCE ?? "",
            tenantClaim: environment.RETAINWISE_JWT_TENANT_CLAIM,
            keys: environment.RETAINWISE_JWT_KEYS ?? "",
          }
        : null,
    },
    /** Null: one is made and kept in the home. */
    keySecret: environment.RETAINWISE_KEY_SECRET ?? null,
    requestsPerMinute: environment.RETAINWISE_REQUESTS_PER_MINUTE,
    /** Null: no canary. */
    canarySeconds: environment.RETAINWISE_CANARY_SECONDS ?? null,
    databaseOwnerUrl: environment.RETAINWISE_DATABASE_OWNER_URL ?? null,
    home: environment.RETAINWISE_HOME,
    databaseUrl: environment.RETAINWISE_DATABASE_URL ?? null,
    /** Null: the queue in the database. */
    queueUrl: environment.RETAINWISE_QUEUE === "postgres:" ? null : environment.RETAINWISE_QUEUE,
    leases: leasesOf(environment.RETAINWISE_VISIBILITY_SECONDS),
    storage: storagePlace(environment.RETAINWISE_STORAGE, environment.RETAINWISE_HOME),
    models: environment.RETAINWISE_MODELS,
    modelVersions: environment.RETAINWISE_MODEL_VERSIONS ?? null,
    modelKeys: environment.RETAINWISE_MODEL_KEYS,
    /** Null elsewhere than on ECS. */
    ecsAgent: environment.ECS_AGENT_URI ?? null,
    port: environment.PORT,
    host: environment.HOST,
  })),
);
export type Config = v.InferOutput<typeof Environment> & {
  /** OpenTelemetry's own variables; null where no endpoint is named: then nothing is measured. */
  readonly telemetry: TelemetryConfig | null;
};

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = v.safeParse(Environment, present);
  if (result.success) return { ...result.output, telemetry: readTelemetryConfig(present) };
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

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(/^\w+:\/\/([^/?#]*)@/.exec(url)?.[1] ?? "");
    return true;
  } catch {
    return false;
  }
}

function modelPlace(place: string): ModelPlace {
  if (!place.startsWith("s3://")) return { kind: "folder", folder: resolve(place) };
  const [bucket = "", ...prefix] = place.slice("s3://".length).split("/");
  return { kind: "s3", bucket, prefix: prefix.filter((part) => part !== "").join("/") };
}
