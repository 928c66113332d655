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
import { answer, assertAnswer, type Outage, recover, recoverySeconds, watchLife } from "./outage.ts";
import { type FaultMode, type FaultProxy, startFaultProxy } from "./proxy.ts";
import { startRig } from "./rig.ts";

const skip =
  skipReason(externalKind) ||
  (await elasticmqMissing()) ||
  skipWithout("LocalEmu (test/aws/install-localemu)", localEmuIsInstalled());
const folder = temporaryFolder();
after(() => folder.remove());
const bucket = "retainwise-files";

const s3 = { part: "S3", code: "storage_unavailable", readsNeedIt: false } as const;
const sqs = { part: "SQS", code: null, readsNeedIt: false } as const;
const postgres = { part: "Postgres", code: "database_unavailable", readsNeedIt: true } as const;
const outages: readonly Outage[] = [
  ...(["refuse", "reset", { answer: 500 }, { answer: 503 }] as const).map((mode) => ({
    ...s3,
    mode,
    deadlineSeconds: 5,
  })),
  ...(["refuse", "reset", { answer: 500 }, "hang"] as const).map((mode) => ({ ...sqs, mode, deadlineSeconds: 5 })),
  ...(["refuse", "reset"] as const).map((mode) => ({ ...postgres, mode, deadlineSeconds: 5 })),
];

/** Where S3 and Postgres hang or lose bytes, requests wait for longer deadlines: see `blackholes.test.ts`. */
test("while S3, SQS or Postgres refuse, reset or answer 500, or SQS hangs, requests end in time with a problem, and all works again within five seconds", {
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
