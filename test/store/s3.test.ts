import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, it } from "node:test";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { limits } from "../../src/limits.ts";
import { createS3Objects } from "../../src/store/s3.ts";
import { describeOnLocalEmu, type LocalEmu } from "../aws/localemu.ts";
import { objectsContract, pieces } from "./objects-contract.ts";
import { patient } from "./servers.ts";

const Bucket = "retainwise-test";

async function createBucket({ client }: LocalEmu): Promise<void> {
  const admin = new S3Client(client);
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const;
  await admin.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  admin.destroy();
}

await describeOnLocalEmu("file storage on S3", createBucket, ({ client: where }) => {
  const admin = new S3Client(where);
  const objects = createS3Objects({ bucket: Bucket, client: where });
  after(() => {
    objects.stop();
    admin.destroy();
  });

  objectsContract(() => ({
    objects,
    // LocalEmu looks for an object before it puts the parts together and not again after: at times two complete. S3 lets one.
    racingBytes: [1],
    async leftovers() {
      const parts = await admin.send(new ListMultipartUploadsCommand({ Bucket }));
      const probes = await admin.send(new ListObjectsV2Command({ Bucket, Prefix: "." }));
      return [...(parts.Uploads ?? []), ...(probes.Contents ?? [])].map(({ Key }) => Key ?? "");
    },
    async overwrite(key, bytes) {
      await admin.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes }));
    },
  }));

  it("has S3 keep a checksum of every object, in one part or more", patient, async () => {
    for (const size of [10, limits.s3PartBytes + 1]) {
      const key = `checksum-${size}`;
      await objects.put(key, pieces(randomBytes(size), 1_000_000));
      const head = await admin.send(new HeadObjectCommand({ Bucket, Key: key, ChecksumMode: "ENABLED" }));
      assert.ok(head.ChecksumCRC32, key);
    }
  });

  it("notices an object that is replaced while it is read", patient, async () => {
    const size = limits.s3PartBytes * 2;
    await objects.put("replaced", pieces(randomBytes(size), 1_000_000));
    const read = async (): Promise<void> => {
      let first = true;
      for await (const _ of objects.get("replaced")) {
        if (first) await admin.send(new PutObjectCommand({ Bucket, Key: "replaced", Body: randomBytes(size) }));
        first = false;
      }
    };
    await assert.rejects(read(), { code: "object_corrupt" });
  });

  it("says storage_unavailable of a bucket that does not exist", patient, async () => {
    const lost = createS3Objects({ bucket: "retainwise-nowhere", client: where });
    for (const size of [1, limits.s3PartBytes + 1]) {
      const failed = lost.put("key", pieces(randomBytes(size), 1_000_000));
      await assert.rejects(failed, { code: "storage_unavailable" });
    }
    await assert.rejects(lost.get("key")[Symbol.asyncIterator]().next(), { code: "storage_unavailable" });
    await assert.rejects(lost.delete("key"), { code: "storage_unavailable" });
    await assert.rejects(lost.check(), { code: "storage_unavailable" });
    lost.stop();
  });
});
