import assert from "node:assert/strict";
import { after, it } from "node:test";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createS3Bundles } from "../../src/model/s3.ts";
import { describeOnLocalEmu, type LocalEmu } from "../aws/localemu.ts";
import { freePort, patient } from "../store/servers.ts";
import { bundleSourceContract } from "./bundle-source-contract.ts";

const Bucket = "retainwise-models";

async function createBucket({ client }: LocalEmu): Promise<void> {
  const admin = new S3Client(client);
  await admin.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  );
  admin.destroy();
}

await describeOnLocalEmu("bundles on S3", createBucket, ({ client }) => {
  const admin = new S3Client(client);
  const source = createS3Bundles({ bucket: Bucket, prefix: "models", client });
  after(() => {
    source.stop();
    admin.destroy();
  });
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await admin.send(new PutObjectCommand({ Bucket, Key: `models/${path}`, Body: bytes }));
  };

  bundleSourceContract(() => ({
    source,
    write,
    async remove(path) {
      await admin.send(new DeleteObjectCommand({ Bucket, Key: `models/${path}` }));
    },
  }));

  it("sees bundles on every page of a listing", { timeout: 240_000 }, async () => {
    const names = Array.from({ length: 1_100 }, (_, i) => i);
    while (names.length > 0) {
      const some = names.splice(0, 50);
      await Promise.all(some.map((i) => write(`zz/0.0.${i}/f`, new Uint8Array(1))));
    }
    assert.equal((await source.list()).filter(({ name }) => name === "zz").length, 1_100);
  });

  it("says that the storage does not answer, and not that a bundle is bad", patient, async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const nowhere = createS3Bundles({ bucket: Bucket, prefix: "", client: { ...client, endpoint } });
    await assert.rejects(nowhere.list(), { code: "storage_unavailable" });
    await assert.rejects(nowhere.read({ name: "a", version: "1.0.0" }), { code: "storage_unavailable" });
    nowhere.stop();
  });
});
