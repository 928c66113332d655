import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { digestKey, issueKey, keyIdOf, sameDigest } from "../../src/identity/api-key.ts";
import { identifyByEither, identifyOpen } from "../../src/identity/identify.ts";
import { readKeySecret } from "../../src/identity/key-secret.ts";
import { identifyByKey } from "../../src/identity/keys.ts";

const secret = "s".repeat(32);
const tenantId = "0198f3a2-0000-7000-8000-00000000000a";
const request = (key: string) => new Request("http://127.0.0.1/", { headers: { authorization: `Bearer ${key}` } });

/** One key in use, until it is revoked; time stands still until it is moved. */
function rig() {
  const issued = issueKey(secret);
  let inUse = true;
  let time = 0;
  let finds = 0;
  const identify = identifyByKey({
    secret,
    now: () => time,
    async findKey(keyId) {
      finds++;
      return inUse && keyId === issued.keyId ? { tenantId, digest: issued.digest } : null;
    },
  });
  return {
    issued,
    identify,
    revoke(): void {
      inUse = false;
    },
    pass(milliseconds: number): void {
      time += milliseconds;
    },
    finds: () => finds,
  };
}

test("a key has 256 random bits, an id in front, and is kept as a digest under the secret", () => {
  const [one, two] = [issueKey(secret), issueKey(secret)];
  assert.notEqual(one.key, two.key);
  assert.equal(keyIdOf(secret, one.key), one.keyId);
  assert.equal(Buffer.from(one.key.split(".")[1]!, "base64url").length, 32);
  assert.equal(digestKey(secret, one.key), one.digest);
  assert.notEqual(digestKey(`${secret}x`, one.key), one.digest);
  assert.ok(sameDigest(one.digest, one.digest) && !sameDigest(one.digest, two.digest) && !sameDigest(one.digest, ""));
});

test("a key is its tenant's; the same id with another secret, and an unknown id, are nobody's", async () => {
  const { issued, identify } = rig();
  assert.deepEqual(await identify(request(issued.key)), { tenantId, by: `key:${issued.keyId}` });
  const stolen = `${issued.keyId}.${issueKey(secret).key.split(".")[1]}`;
  for (const bad of [stolen, issueKey(secret).key, issued.keyId, `${issued.key}x`, issued.key.slice(0, -1), "x", "."]) {
    await assert.rejects(identify(request(bad)), { code: "unauthenticated" }, bad);
  }
});

test("a revoked key is refused within a second, and not every request asks the database", async () => {
  const { issued, identify, revoke, pass, finds } = rig();
  for (let i = 0; i < 100; i++) await identify(request(issued.key));
  assert.equal(finds(), 1);
  revoke();
  pass(999);
  await assert.rejects(identify(request(issued.key)), { code: "unauthenticated" });
});

test("an outage of the database is not remembered", async () => {
  let down = true;
  const issued = issueKey(secret);
  const identify = identifyByKey({
    secret,
    now: () => 0,
    findKey: async () => {
      if (down) throw new Error("down");
      return { tenantId, digest: issued.digest };
    },
  });
  await assert.rejects(identify(request(issued.key)), /down/);
  down = false;
  assert.equal((await identify(request(issued.key))).tenantId, tenantId);
});

test("where both are accepted, two dots are a token and one is a key; an open service asks nothing", async () => {
  const byKey = () => Promise.resolve({ tenantId, by: "key" });
  const byJwt = () => Promise.resolve({ tenantId, by: "jwt" });
  const either = identifyByEither(byKey, byJwt);
  assert.equal((await either(request("a.b.c"))).by, "jwt");
  assert.equal((await either(request("a.b"))).by, "key");
  assert.equal((await either(new Request("http://127.0.0.1/"))).by, "key");
  assert.equal((await identifyOpen(tenantId)(new Request("http://127.0.0.1/"))).tenantId, tenantId);
});

test("an open service answers to the machine's own names only: a page whose name was made to mean 127.0.0.1 is refused", async () => {
  const open = identifyOpen(tenantId);
  for (const host of ["127.0.0.1:8080", "localhost", "[::1]:80"])
    assert.equal((await open(new Request(`http://${host}/v1/uploads`))).by, "open");
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])
    await assert.rejects(open(new Request(`http://${host}/v1/uploads`)), { code: "unauthenticated" }, host);
});

test("the secret of keys is made once, however many start, for its user only; a damaged one is said", async () => {
  const home = await mkdtemp(join(tmpdir(), "retainwise-test-"));
  try {
    const secrets = await Promise.all(Array.from({ length: 8 }, () => readKeySecret(home)));
    assert.equal(new Set(secrets).size, 1);
    assert.ok(secrets[0]!.length >= 32);
    assert.deepEqual(await readdir(home), ["key-secret"]);
    await writeFile(join(home, "key-secret"), "");
    await assert.rejects(readKeySecret(home), { code: "config_invalid" });
  } finally {
    await rm(home, { recursive: true });
  }
});
