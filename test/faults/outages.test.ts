import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { limits } from "../../src/limits.ts";
import { createSqsQueue } from "../../src/queue/sqs.ts";
import { createQueues, elasticmqMissing, startElasticmq } from "../aws/elasticmq.ts";
import { localEmuIsInstalled, startLocalEmu } from "../aws/localemu.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import { settled, upload } from "../front-door/service.ts";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { makeCustomerFile } from "./customer-file.ts";
import { violationsAtRest } from "./invariants.ts";
import { type FaultMode, type FaultProxy, startFaultProxy } from "./proxy.ts";
import { startRig } from "./rig.ts";

const skip =
  skipReason(externalKind) ||
  (await elasticmqMissing()) ||
  skipWithout("LocalEmu (test/aws/install-localemu)", localEmuIsInstalled());
const folder = temporaryFolder();
after(() => folder.remove());
const bucket = "retainwise-files";

/** From a part's return to the first upload that was sent, scored and seen completed. */
const recoverySeconds = 5;
/** Pauses of the SDK between its attempts, and a busy machine. */
const slackSeconds = 5;

interface Outage {
  readonly part: "S3" | "SQS" | "Postgres";
  readonly mode: FaultMode;
  /** What a request that needs the part is told; null: no request needs it. */
  readonly code: string | null;
  /** Whether reading an upload needs it. */
  readonly readsNeedIt: boolean;
  /** Until when a request has its answer. */
  readonly deadlineSeconds: number;
}

const s3 = { part: "S3", code: "storage_unavailable", readsNeedIt: false } as const;
const sqs = { part: "SQS", code: null, readsNeedIt: false } as const;
const postgres = { part: "Postgres", code: "database_unavailable", readsNeedIt: true } as const;
const hungS3 = (limits.s3TransferMilliseconds * limits.awsAttempts) / 1_000;
const hungPostgres = limits.queryMilliseconds / 1_000;
const outages: readonly Outage[] = [
  ...(["refuse", "reset", { answer: 500 }, { answer: 503 }] as const).map((mode) => ({
    ...s3,
    mode,
    deadlineSeconds: 5,
  })),
  { ...s3, mode: "hang", deadlineSeconds: hungS3 },
  ...(["refuse", "reset", { answer: 500 }, "hang"] as const).map((mode) => ({ ...sqs, mode, deadlineSeconds: 5 })),
  ...(["refuse", "reset"] as const).map((mode) => ({ ...postgres, mode, deadlineSeconds: 5 })),
  { ...postgres, mode: "hang", deadlineSeconds: hungPostgres },
];

test("while S3, SQS or Postgres hang, refuse, reset or answer 500 requests end in time with a problem, and all works again within five seconds", {
  skip,
}, async () => {
  const [aws, mq, file] = await Promise.all([
    startLocalEmu({ SERVICES: "s3" }),
    startElasticmq(),
    makeCustomerFile(folder.path, 2_500, 41, 60),
  ]);
  const { endpoint, region, credentials } = aws.client;
  const direct = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await direct.send(new CreateBucketCommand({ Bucket: bucket }));
  const sqsClient = mq.createClient();
  const { queueUrl } = await createQueues(sqsClient);
  const queue = createSqsQueue({ client: sqsClient, queueUrl });
  const inFront = (url: string) => startFaultProxy({ host: "127.0.0.1", port: Number(new URL(url).port) });
  const [storage, messages] = await Promise.all([inFront(endpoint), inFront(mq.url)]);
  const rig = await startRig({
    files: [file],
    environment: {
      RETAINWISE_STORAGE: `s3://${bucket}`,
      RETAINWISE_QUEUE: queueUrl.replace(/:\d+\//, `:${messages.port}/`),
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${storage.port}`,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    objects: async () => {
      const { Contents = [] } = await direct.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.flatMap(({ Key }) => Key ?? []).filter((key) => !key.startsWith("."));
    },
    queue: async () => {
      const { visible, inFlight, delayed, dead } = await queue.depth();
      return { waiting: visible + inFlight + delayed, dead };
    },
  });
  try {
    const [api, worker] = await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    const proxies: Record<Outage["part"], FaultProxy[]> = {
      S3: [storage],
      SQS: [messages],
      Postgres: [api.proxy, worker.proxy],
    };
    const known = (await rig.send(file))?.uploadId ?? "";
    assert.equal((await settled(api.service, known)).status, "completed");

    for (const outage of outages) {
      const name = `${outage.part} ${JSON.stringify(outage.mode)}`;
      const set = (mode: FaultMode) => Promise.all(proxies[outage.part].map((proxy) => proxy.set(mode)));
      // A job is under way when it begins.
      assert.equal((await rig.send(file))?.status, 202, name);
      await sleep(50);
      await set(outage.mode);
      const life = watchLife(api.service.url);
      const [sent, read] = await Promise.all([
        answer(upload(api.service, file.csv)),
        answer(fetch(`${api.service.url}/v1/uploads/${known}`)),
        sleep(outage.mode === "hang" ? (limits.awsRequestMilliseconds * 6) / 5 : 1_500),
      ]);
      if (sent.uploadId !== null) rig.scene.accepted.set(sent.uploadId, file);
      assertAnswer(`${name}, sending`, sent, outage.code === null ? 202 : 503, outage);
      assertAnswer(`${name}, reading`, read, outage.readsNeedIt ? 503 : 200, outage);
      await set("pass");
      const seconds = await recover(rig, file);
      assert.ok(
        seconds <= recoverySeconds,
        `${name}: works again after ${seconds} s\n${worker.service.output().slice(-3_000)}`,
      );
      assert.deepEqual(await life.stop(), [200], `${name}: alive`);
    }
    await rig.rest(120_000);
    assert.deepEqual(await violationsAtRest(rig.scene), []);
  } finally {
    await rig.stop();
    await Promise.all([storage.stop(), messages.stop()]);
    direct.destroy();
    sqsClient.destroy();
    await Promise.all([aws.stop(), mq.stop()]);
  }
});

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly uploadId: string | null;
  readonly retryAfter: string | null;
  readonly type: string | null;
  readonly seconds: number;
}

async function answer(asked: Promise<Response>): Promise<Answer> {
  const startedAt = performance.now();
  const response = await asked;
  const body = (await response.json()) as { code?: string; upload_id?: string };
  return {
    status: response.status,
    code: body.code ?? null,
    uploadId: response.status === 202 ? (body.upload_id ?? null) : null,
    retryAfter: response.headers.get("retry-after"),
    type: response.headers.get("content-type"),
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

function assertAnswer(where: string, got: Answer, status: number, { code, deadlineSeconds }: Outage): void {
  assert.equal(got.status, status, `${where}: ${JSON.stringify(got)}`);
  assert.ok(got.seconds <= deadlineSeconds + slackSeconds, `${where}: ${got.seconds} s`);
  if (status !== 503) return;
  const expected = [code, String(limits.retryAfterSeconds), "application/problem+json"];
  assert.deepEqual([got.code, got.retryAfter, got.type], expected, where);
}

/** Seconds until an upload has been sent, scored and seen completed. */
async function recover(
  rig: Awaited<ReturnType<typeof startRig>>,
  file: Parameters<typeof rig.send>[0],
): Promise<number> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  for (;;) {
    const sent = await rig.send(file);
    if (sent?.uploadId) {
      const ended = settled(rig.part("api").service, sent.uploadId).catch(() => null);
      const found = await Promise.race([ended, sleep(30_000, null, { ref: false })]);
      if (found?.status === "completed" || seconds() > 30) return seconds();
    }
    await sleep(100);
  }
}

/** Asks /livez all the time; answers the statuses seen. */
function watchLife(url: string): { stop(): Promise<number[]> } {
  const seen = new Set<number>();
  let over = false;
  const watching = (async () => {
    while (!over) {
      const asked = fetch(`${url}/livez`, { signal: AbortSignal.timeout(2_000) });
      seen.add(await asked.then((response) => response.status).catch(() => 0));
      await sleep(200);
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return [...seen];
    },
  };
}
