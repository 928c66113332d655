/** What the benches of the service run on: PostgreSQL of the system, ElasticMQ, and the service's own processes, all on loopback. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import postgres from "postgres";
import { createQueues, startElasticmq } from "../test/aws/elasticmq.ts";
import { externalKind } from "../test/store/servers.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));

export interface Rig {
  readonly folder: string;
  readonly databaseUrl: string;
  /** As the database's owner, past every policy. */
  readonly sql: postgres.Sql;
  /** Starts a process that ends with the rig; resolves with what its output said first that matches `ready`. */
  start(command: readonly string[], ready: RegExp, environment?: Readonly<Record<string, string>>): Promise<Running>;
  /** The environment of a service on this database, with files in the rig's folder. */
  environment(name: string): Record<string, string>;
  stop(): Promise<void>;
}

export interface Running {
  readonly said: string;
  /** SIGTERM, and its end. */
  stop(): Promise<void>;
}

/** Why the rig cannot run here, or null. */
export const rigMissing: string | null = externalKind.missing;

export async function startRig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "retainwise-bench-"));
  const server = await externalKind.start();
  const databaseUrl = String(server.address);
  const sql = postgres(databaseUrl, { onnotice: () => undefined, max: 4 });
  const running = new Set<Running>();
  return {
    folder,
    databaseUrl,
    sql,
    async start(command, ready, environment = {}) {
      const child = spawn(command[0]!, command.slice(1), {
        cwd: folder,
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const ended = once(child, "exit");
      const stop = async (): Promise<void> => {
        child.kill("SIGTERM");
        await ended;
        running.delete(entry);
      };
      const entry: Running = { said: await firstMatch(child, ready, command.join(" ")), stop };
      running.add(entry);
      return entry;
    },
    environment: (name) => ({
      RETAINWISE_DATABASE_URL: databaseUrl,
      RETAINWISE_STORAGE: `file:${join(folder, "files")}`,
      RETAINWISE_HOME: join(folder, name),
      PORT: "0",
    }),
    async stop() {
      for (const each of running) await each.stop();
      await sql.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RigQueues {
  readonly ours: string;
  readonly rival: string;
  /** What an SDK needs to reach them. */
  readonly environment: Record<string, string>;
  /** To the rival's queue, in batches of ten. */
  sendRival(bodies: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Two queues on ElasticMQ, one for each. */
export async function startQueues(): Promise<RigQueues> {
  const server = await startElasticmq();
  const client = server.createClient();
  const [{ queueUrl: ours }, { queueUrl: rival }] = [await createQueues(client), await createQueues(client)];
  return {
    ours,
    rival,
    environment: {
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "nobody",
      AWS_SECRET_ACCESS_KEY: "nothing",
    },
    async sendRival(bodies) {
      for (let at = 0; at < bodies.length; at += 10) {
        const entries = bodies.slice(at, at + 10).map((MessageBody, i) => ({ Id: String(i), MessageBody }));
        const command = new SendMessageBatchCommand({ QueueUrl: rival, Entries: entries });
        const { Failed = [] } = await client.send(command);
        if (Failed.length > 0) throw new Error(`not sent: ${Failed[0]?.Message}`);
      }
    },
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}

function firstMatch(child: ChildProcess, ready: RegExp, name: string): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        // Only the start matters; a log of thousands of jobs is not kept.
        if (output.length > 100_000) return;
        output += text;
        const found = ready.exec(output);
        if (found !== null) resolve(found[1] ?? found[0]);
      });
    }
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}:\n${output}`)));
    child.once("error", reject);
  });
}
