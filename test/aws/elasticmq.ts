/** ElasticMQ, a stand-in for SQS: strict, in Java, one process of its own on loopback. `test/aws/install-elasticmq` fetches it. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { createSqsClient } from "../../src/queue/sqs.ts";
import { freePort } from "../store/servers.ts";

const libraries = fileURLToPath(new URL("../../.cache/elasticmq/lib", import.meta.url));

export interface Elasticmq {
  readonly url: string;
  /** A client for it, with credentials that are none. */
  createClient(): SQSClient;
  /** The process stands still: it takes connections and answers nothing. */
  freeze(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Why it cannot run here, or null; thrown where everything must run. */
export async function elasticmqMissing(): Promise<string | null> {
  const missing = (await reason()) ?? null;
  if (missing !== null && process.env.RETAINWISE_TEST_ALL === "1") throw new Error(missing);
  return missing;
}

async function reason(): Promise<string | undefined> {
  const exists = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = await Promise.all(folders.map((folder) => exists(join(folder, "java"))));
  if (!found.includes(true)) return "no java on PATH for ElasticMQ (Debian: package default-jre-headless)";
  if (!(await exists(libraries))) return "no ElasticMQ in .cache/elasticmq: run test/aws/install-elasticmq";
  return undefined;
}

export async function startElasticmq(): Promise<Elasticmq> {
  const folder = await mkdtemp(join(tmpdir(), "retainwise-elasticmq-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, "emq.conf");
  await writeFile(
    config,
    `include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-hostname = "127.0.0.1", bind-port = ${port}, sqs-limits = strict }
rest-stats { enabled = false }
aws { region = us-east-1, accountId = 000000000000 }
`,
  );
  const memory = ["-Xmx256m", "-XX:+UseSerialGC"];
  const server = [`-Dconfig.file=${config}`, "-cp", join(libraries, "*"), "org.elasticmq.server.Main"];
  // Java ends when this process does, however it ends: its shell waits at a pipe that closes then.
  const script = 'java "$@" <&- >/dev/null & echo $!; cat >/dev/null; kill -9 $!';
  const child = spawn("sh", ["-c", script, "sh", ...memory, ...server], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const pid = await new Promise<number>((resolve) =>
    child.stdout.once("data", (line) => resolve(Number(String(line)))),
  );
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true });
  };
  try {
    await untilReady(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    createClient: () =>
      createSqsClient({
        endpoint: url,
        region: "us-east-1",
        credentials: { accessKeyId: "nobody", secretAccessKey: "nothing" },
      }),
    freeze: () => void process.kill(pid, "SIGSTOP"),
    resume: () => void process.kill(pid, "SIGCONT"),
    stop,
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let attempts = 0; ; attempts++) {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null) return;
    if (attempts > 600 || child.exitCode !== null) throw new Error(`ElasticMQ does not start (${child.exitCode})`);
    await sleep(50);
  }
}

/** A queue and its dead-letter queue, as Terraform makes them. */
export async function createQueues(
  client: SQSClient,
  maxReceiveCount = 5,
): Promise<{ queueUrl: string; deadLetterUrl: string }> {
  const name = `jobs-${randomUUID()}`;
  const create = async (QueueName: string, Attributes: Record<string, string> = {}): Promise<string> =>
    (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
  const deadLetterUrl = await create(`${name}-dead`);
  const asked = new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ["QueueArn"] });
  const deadLetterTargetArn = (await client.send(asked)).Attributes?.QueueArn;
  const queueUrl = await create(name, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) });
  return { queueUrl, deadLetterUrl };
}
