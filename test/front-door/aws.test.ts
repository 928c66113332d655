import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createSqsClient, createSqsQueue } from "../../src/queue/sqs.ts";
import { createQueues } from "../aws/elasticmq.ts";
import { localEmuIsInstalled, startLocalEmu } from "../aws/localemu.ts";
import { repository, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));
const skip = skipWithout("LocalEmu (test/aws/install-localemu)", localEmuIsInstalled());

test("with its files and models on S3 and its messages on SQS the service gives the command line's numbers, and leaves neither object nor message", {
  skip,
}, async () => {
  const aws = await startLocalEmu();
  try {
    const { endpoint, region, credentials } = aws.client;
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "retainwise-files" }));
    const objects = async () => (await s3.send(new ListObjectsV2Command({ Bucket: "retainwise-files" }))).KeyCount;
    await s3.send(new CreateBucketCommand({ Bucket: "retainwise-models" }));
    const bundle = join(repository, "models/telecom/1.1.0");
    for (const name of readdirSync(bundle)) {
      const Key = `live/telecom/1.1.0/${name}`;
      await s3.send(new PutObjectCommand({ Bucket: "retainwise-models", Key, Body: readFileSync(join(bundle, name)) }));
    }
    const sqs = createSqsClient(aws.client);
    const { queueUrl } = await createQueues(sqs);
    const service = await startService(join(folder.path, "home"), {
      RETAINWISE_STORAGE: "s3://retainwise-files",
      RETAINWISE_QUEUE: queueUrl,
      RETAINWISE_MODELS: "s3://retainwise-models/live",
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    });
    const id = ((await (await upload(service, sample)).json()) as { upload_id: string }).upload_id;
    assert.equal((await settled(service, id)).rows.scored, 315);
    assert.equal(await objects(), 1);
    const csv = await (await fetch(`${service.url}/v1/uploads/${id}/predictions.csv?shap=all`)).text();
    assert.equal(csv, (await run(["score", "samples/telecom.csv", "--shap"])).stdout);
    assert.equal((await fetch(`${service.url}/readyz`)).status, 200);
    assert.equal((await fetch(`${service.url}/v1/uploads/${id}`, { method: "DELETE" })).status, 204);
    assert.equal(await objects(), 0);
    const queue = createSqsQueue({ client: sqs, queueUrl });
    const { visible, inFlight, dead } = await queue.depth();
    assert.deepEqual([visible, inFlight, dead], [0, 0, 0]);
    sqs.destroy();
    s3.destroy();
    assert.equal(await service.stop(), 0, service.output());
  } finally {
    await aws.stop();
  }
});
