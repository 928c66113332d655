/** Far more uploads at once than a slow storage can take. How many there may be is ours to say and no runtime's: it is seen on the built executable. */
import assert from "node:assert/strict";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { limits } from "../../src/limits.ts";
import { localEmuIsInstalled, startLocalEmu } from "../aws/localemu.ts";
import { startFaultProxy } from "../faults/proxy.ts";
import { runtimes } from "../front-door/runtimes.ts";
import { settled } from "../front-door/service.ts";
import { skipWithout } from "../parts.ts";
import { test } from "../slow-test.ts";
import { createBystander } from "./bystander.ts";
import { leaksOf } from "./judge.ts";
import { startTarget, type Target } from "./target.ts";

const bun = runtimes.find(({ name }) => name === "Bun")!;
const skip =
  skipWithout("Bun", bun.command !== null) ||
  skipWithout("LocalEmu (test/aws/install-localemu)", localEmuIsInstalled());

const bucket = "retainwise-files";
const uploadsAtOnce = 200;
/** Of whatever the service sends to S3, each piece: an upload takes a second or more. */
const delayMilliseconds = 500;
/** What the other tenant waits for its data at most, with room for a busy machine; some milliseconds on idle cores. */
const bystanderMilliseconds = 5_000;

test("of 200 uploads at once on a slow storage each is taken and scored, or refused with Retry-After and gone; others are served meanwhile", {
  skip,
}, async () => {
  const aws = await startLocalEmu({ SERVICES: "s3" });
  const { endpoint, region, credentials } = aws.client;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  let delay = 0;
  const storage = await startFaultProxy({ host: "127.0.0.1", port: Number(new URL(endpoint).port) }, () => ({
    fromClient: () => (delay === 0 ? "pass" : delay),
    fromServer: () => "pass",
  }));
  try {
    const target = await startTarget(bun, {
      RETAINWISE_STORAGE: `s3://${bucket}`,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${storage.port}`,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    });
    try {
      const bystander = await createBystander(target);
      delay = delayMilliseconds;
      const watch = bystander.watch();
      const uploading = Promise.all(Array.from({ length: uploadsAtOnce }, (_, i) => send(target, i)));
      // The other tenant's own file is taken in the middle of it.
      const other = await send(target, uploadsAtOnce, target.victim.authorization);
      const life = await fetch(`${target.url}/livez`);
      const answers = await uploading;
      const { statuses, slowestMilliseconds } = await watch.stop();
      delay = 0;

      assert.equal(other.status, 202);
      assert.equal(life.status, 200);
      assert.deepEqual([...new Set(statuses)], [200]);
      assert.ok(slowestMilliseconds < bystanderMilliseconds, `the other tenant waited ${slowestMilliseconds} ms`);

      const taken = answers.filter(({ status }) => status === 202);
      const refused = answers.filter(({ status }) => status !== 202);
      assert.deepEqual(
        refused.filter(({ status, retryAfter }) => ![429, 503].includes(status) || retryAfter === null),
        [],
      );
      assert.deepEqual(
        refused.flatMap(({ leaks }) => leaks),
        [],
      );
      // Else the test shows nothing: a tenant may have so many on their way, and there were far more.
      assert.ok(taken.length >= limits.tenantUploadsAtOnce, `${taken.length} were taken`);
      assert.ok(refused.length > 0);

      for (const { uploadId } of taken) {
        const headers = { authorization: target.authorization };
        assert.equal((await settled({ url: target.url, headers }, uploadId)).status, "completed");
      }
      const headers = { authorization: target.victim.authorization };
      assert.equal((await settled({ url: target.url, headers }, other.uploadId)).status, "completed");

      const held = await holdings(target);
      // The bystander has two: that of before, and that in the middle of it.
      assert.equal(held.keys.length, taken.length + 2);
      assert.deepEqual([held.notes, held.outbox, held.messages], [0, 0, 0]);
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const objects = Contents.map(({ Key }) => Key ?? "").filter((key) => !key.startsWith("."));
      assert.deepEqual(objects.toSorted(), held.keys.toSorted());
      assert.ok(!target.service.output().includes("request.failed"));
      assert.equal(await target.stop(), 0);
    } finally {
      target.service.process.kill("SIGTERM");
    }
  } finally {
    await storage.stop();
    s3.destroy();
    await aws.stop();
  }
});

interface Sent {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly uploadId: string;
  readonly leaks: readonly string[];
}

/** Each with customers of its own. */
async function send(target: Target, seed: number, authorization: string = target.authorization): Promise<Sent> {
  const csv = [customerHeader, ...makeCustomers(5, seed + 1)].map((cells) => cells.join()).join("\n");
  const response = await fetch(`${target.url}/v1/uploads`, {
    method: "POST",
    headers: { authorization, "content-type": "text/csv" },
    body: csv,
  });
  const body = await response.text();
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    uploadId: (JSON.parse(body) as { upload_id?: string }).upload_id ?? "",
    leaks: leaksOf(target, { headers: new Map(response.headers), body }),
  };
}

/** Everything that the database knows of uploads, whoever's they are. */
async function holdings({ database }: Target) {
  return database.transaction(async (sql) => {
    const keys = await sql<{ object_key: string }[]>`select object_key from uploads`;
    const [counts] = await sql<{ notes: number; outbox: number; messages: number }[]>`
      select
        (select count(*) from object_intents)::integer as notes,
        (select count(*) from outbox)::integer as outbox,
        (select count(*) from messages)::integer as messages`;
    return { keys: keys.map(({ object_key }) => object_key), ...counts! };
  });
}
