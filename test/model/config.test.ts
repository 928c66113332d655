import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../src/config.ts";

test("models come from a folder or a prefix on S3, and a place that is neither is refused by name", () => {
  const models = (place: string) => readConfig({ RETAINWISE_MODELS: place }).models;
  assert.deepEqual(models("/some/models"), { kind: "folder", folder: "/some/models" });
  assert.deepEqual(models("s3://bucket"), { kind: "s3", bucket: "bucket", prefix: "" });
  assert.deepEqual(models("s3://bucket/a/b/"), { kind: "s3", bucket: "bucket", prefix: "a/b" });
  for (const place of ["s3:", "s3://", "s3://B", "s3://bucket//a", "s3://bucket/a b"]) {
    assert.throws(() => models(place), { code: "config_invalid", detail: /RETAINWISE_MODELS/ }, place);
  }
});

test("versions that may score are names with versions; unset, every one may", () => {
  const versions = (list: string) => readConfig({ RETAINWISE_MODEL_VERSIONS: list }).modelVersions;
  assert.equal(readConfig({}).modelVersions, null);
  assert.deepEqual(versions("telecom@1.0.0, bank@2.10.3"), ["telecom@1.0.0", "bank@2.10.3"]);
  for (const list of ["telecom", "telecom@1", "1.0.0", "telecom@1.0.0,", "telecom@1.0.0;bank@1.0.0", "*"]) {
    assert.throws(() => versions(list), { code: "config_invalid", detail: /RETAINWISE_MODEL_VERSIONS/ }, list);
  }
});
