/** The environment, parsed once: the only reader of it. `serve` needs none of these variables. */
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { RetainWiseError } from "./errors.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const loopback = ["127.0.0.1", "::1", "localhost"];

const Port = v.pipe(
  v.string(),
  v.digits("must be a whole number from 0 to 65535"),
  v.transform(Number),
  v.maxValue(65_535, "must be a whole number from 0 to 65535"),
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
    /** `open`: whoever reaches the port may do everything; only on a loopback address. */
    RETAINWISE_AUTH: v.optional(v.literal("open"), "open"),
    /** Folder of models: <name>/<version>/. */
    RETAINWISE_MODELS: v.optional(Folder, resolve(root, "models")),
    /** Folder of PEM public keys that may sign models. */
    RETAINWISE_MODEL_KEYS: v.optional(Folder, resolve(root, "models/keys")),
    /** Where the agent of ECS listens; ECS sets it in every task. */
    ECS_AGENT_URI: v.optional(v.pipe(v.string(), v.regex(/^http:\/\//, "must begin with http://"))),
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
    storage: storagePlace(environment.RETAINWISE_STORAGE, environment.RETAINWISE_HOME),
    models: environment.RETAINWISE_MODELS,
    modelKeys: environment.RETAINWISE_MODEL_KEYS,
    /** Null elsewhere than on ECS. */
    ecsAgent: environment.ECS_AGENT_URI ?? null,
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

export type StoragePlace =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "s3"; readonly bucket: string };

function storagePlace(storage: string, home: string): StoragePlace {
  if (storage.startsWith("s3://")) return { kind: "s3", bucket: storage.slice("s3://".length) };
  const path = storage.slice("file:".length);
  return { kind: "folder", folder: path === "" ? resolve(home, "files") : resolve(path) };
}
