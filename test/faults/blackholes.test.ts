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
import { type FaultProxy, startFaultProxy } from "./proxy.ts";
import { type RigOptions, startRig } from "./rig.ts";

const skip =
  skipReason(externalKind) ||
  (await elasticmqMissing()) ||
  skipWithout("LocalEmu (test/aws/install-localemu)", localEmuIsInstalled());
const folder = temporaryFolder();
after(() => folder.remove());
const bucket = "retainwise-files";
const losses = ["lose", "lose answers"] as const;
/** The longest that a call which was under way when the bytes were lost goes on: a long poll of 20 s and 10 s, or a statement. */
const callSeconds = Math.max(
  limits.receiveWaitSeconds + limits.awsRequestMilliseconds / 1_000,
  limits.queryMilliseconds / 1_000,
);

test("while Postgres or S3 hang, and while every byte to or from Postgres, S3 or SQS is lost without a word, on open connections too, requests end in time, and all works again within five seconds", {
  skip,
}, async () => {
  const [aws, mq] = await Promise.all([startLocalEmu({ SERVICES: "s3" }), startElasticmq()]);
  const { endpoint, region, credentials } = aws.client;
  const direct = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await direct.send(new CreateBucketCommand({ Bucket: bucket }));
  const sqsClient = mq.createClient();
  const { queueUrl } = await createQueues(sqsClient);
  const queue = createSqsQueue({ client: sqsClient, queueUrl });
  const inFront = (url: string) => startFaultProxy({ host: "127.0.0.1", port: Number(new URL(url).port) });
  const [storage, messages] = await Promise.all([inFront(endpoint), inFront(mq.url)]);
  const identity = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const s3Rig: Omit<RigOptions, "files"> = {
    environment: {
      ...identity,
      RETAINWISE_STORAGE: `s3://${bucket}`,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${storage.port}`,
    },
    objects: async () => {
      const { Contents = [] } = await direct.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.flatMap(({ Key }) => Key ?? []).filter((key) => !key.startsWith("."));
    },
  };
  const sqsRig: Omit<RigOptions, "files"> = {
    environment: { ...identity, RETAINWISE_QUEUE: queueUrl.replace(/:\d+\//, `:${messages.port}/`) },
    queue: async () => {
      const { visible, inFlight, delayed, dead } = await queue.depth();
      return { waiting: visible + inFlight + delayed, dead };
    },
  };
  const attemptSeconds = limits.s3TransferMilliseconds / 1_000;
  const s3Seconds = attemptSeconds * limits.awsAttempts;
  const postgresSeconds = limits.queryMilliseconds / 1_000;
  try {
    // Each part has a service of its own: they wait for their deadlines at the same time.
    const results = await Promise.allSettled([
      blackholes(
        { part: "S3", code: "storage_unavailable", readsNeedIt: false, deadlineSeconds: s3Seconds },
        {
          rig: s3Rig,
          proxies: [storage],
          times: [
            // Back within the second attempt, which has a connection of its own.
            { mode: "lose", seconds: attemptSeconds * 1.3, status: 202 },
            { mode: "lose answers", seconds: attemptSeconds * 1.3, status: 202 },
            { mode: "hang", seconds: s3Seconds, status: 503 },
          ],
        },
      ),
      blackholes(
        { part: "SQS", code: null, readsNeedIt: false, deadlineSeconds: 5 },
        {
          rig: sqsRig,
          proxies: [messages],
          times: losses.map((mode) => ({ mode, seconds: callSeconds, status: 202 })),
        },
      ),
      ...[["hang", "lose"] as const, ["lose answers"] as const].map((those) =>
        blackholes(
          { part: "Postgres", code: "database_unavailable", readsNeedIt: true, deadlineSeconds: postgresSeconds },
          { rig: {}, proxies: [], times: those.map((mode) => ({ mode, seconds: postgresSeconds, status: 503 })) },
        ),
      ),
    ]);
    const failures = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
    assert.deepEqual(failures, []);
  } finally {
    await Promise.all([storage.stop(), messages.stop()]);
    direct.destroy();
    sqsClient.destroy();
    await Promise.all([aws.stop(), mq.stop()]);
  }
});

interface Blackholes {
  readonly rig: Omit<RigOptions, "files">;
  /** In front of the part; none: those in front of the database. */
  readonly proxies: readonly FaultProxy[];
  /** One after the other; a request that was sent during it is answered with this status. */
  readonly times: readonly {
    readonly mode: "hang" | (typeof losses)[number];
    readonly seconds: number;
    readonly status: number;
  }[];
}

/** In the middle of a transaction: rows are inserted, and the upload's row is locked. */
const midTransaction = {
  name: "results inserted",
  statements: [/insert into predictions/, /^commit/],
  when: "before",
} as const;

async function blackholes(outage: Omit<Outage, "mode">, given: Blackholes): Promise<void> {
  const file = await makeCustomerFile(folder.path, 2_500, 61 + outage.part.length, 60);
  const rig = await startRig({ ...given.rig, files: [file] });
  try {
    const [api, worker] = await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    const { url } = api.service;
    const proxies = given.proxies.length > 0 ? given.proxies : [api.proxy, worker.proxy];
    const known = (await rig.send(file))?.uploadId ?? "";
    assert.equal((await settled(api.service, known)).status, "completed");
    for (const { mode, seconds, status } of given.times) {
      const name = `${outage.part} ${mode}`;
      const begin = async (): Promise<void> => void (await Promise.all(proxies.map((proxy) => proxy.set(mode))));
      const begun = rig.tripwire.arm(midTransaction, begin);
      assert.equal((await rig.send(file))?.status, 202, name);
      await begun;
      const life = watchLife(url);
      const sending = answer(upload(api.service, file.csv));
      const reading = answer(fetch(`${url}/v1/uploads/${known}`));
      // Who waits for the part waits through all of it, to the end of its own deadline.
      await Promise.all([sleep(seconds * 1_000), ...(status === 503 ? [sending, reading] : [])]);
      await Promise.all(proxies.map((proxy) => proxy.set("pass")));
      const recovered = await recover(rig, file);
      const [sent, read] = await Promise.all([sending, reading]);
      if (sent.uploadId !== null) rig.scene.accepted.set(sent.uploadId, file);
      assertAnswer(`${name}, sending`, sent, status, { ...outage, mode });
      assertAnswer(`${name}, reading`, read, outage.readsNeedIt ? 503 : 200, { ...outage, mode });
      const log = worker.service.output().slice(-2_000);
      assert.ok(recovered <= recoverySeconds, `${name}: works again after ${recovered} s\n${log}`);
      assert.deepEqual(await life.stop(), [200], `${name}: alive`);
    }
    await rig.rest(120_000);
    assert.deepEqual(await violationsAtRest(rig.scene), []);
  } finally {
    await rig.stop();
  }
}
