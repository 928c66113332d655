import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { digestKey, issueKey, keyIdOf, sameDigest } from "../../src/identity/api-key.ts";
import { identifyByEither, identifyOpen } from "../../src/identity/identify.ts";
import { readKeySecret } from "../../src/identity/key-secret.ts";
import { identifyByKey } from "../../src/identity/keys.ts";
import { limits } from "../../src/limits.ts";

const secret = "s".repeat(43);
const tenantId = randomUUID();
const refusal = { code: "unauthenticated" };
const folder = mkdtempSync(join(tmpdir(), "retainwise-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const request = (key: string, url = "http://127.0.0.1:8080/") =>
  new Request(url, { headers: { authorization: `Bearer ${key}` } });

function start() {
  const kept = new Map<string, { tenantId: string; digest: string }>();
  const asked: string[] = [];
  let at = 0;
  let failure: Error | null = null;
  const identify = identifyByKey({
    secret,
    now: () => at,
    async findKey(keyId) {
      asked.push(keyId);
      if (failure !== null) throw failure;
      return kept.get(keyId) ?? null;
    },
  });
  const issue = () => {
    const issued = issueKey(secret);
    kept.set(issued.keyId, { tenantId, digest: issued.digest });
    return issued;
  };
  return {
    identify,
    issue,
    kept,
    asked,
    pass: (ms: number) => (at += ms),
    fail: (error: Error | null) => (failure = error),
  };
}

test("a key is 256 random bits behind a public id, kept as an HMAC that another secret does not give", () => {
  const keys = Array.from({ length: 200 }, () => issueKey(secret));
  assert.equal(new Set(keys.map(({ key }) => key)).size, 200);
  for (const { keyId, key, digest } of keys) {
    assert.match(key, /^rw_[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{43}$/);
    assert.equal(keyIdOf(secret, key), keyId);
    assert.equal(keyIdOf("another secret of some length ......", key), null);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.ok(!digest.includes(key.split(".")[1]!));
    assert.notEqual(digestKey("another secret of some length ......", key), digest);
  }
  for (const text of [
    "",
    "rw_",
    keys[0]!.keyId,
    `${keys[0]!.key}x`,
    ` ${keys[0]!.key}`,
    `${keys[0]!.key}\n`,
    keys[0]!.key.replace(".", "-"),
  ])
    assert.equal(keyIdOf(secret, text), null, text);
});

test("digests are the same only when they are, whatever their form", () => {
  const { digest } = issueKey(secret);
  assert.equal(sameDigest(digest, digest), true);
  for (const other of [
    "",
    "0",
    digest.slice(2),
    `${digest}00`,
    "zz".repeat(32),
    digest.replace(/.$/, (c) => (c === "0" ? "1" : "0")),
  ])
    assert.equal(sameDigest(digest, other), false, other);
});

test("a key is looked up once for its time, and a revoked one is out after it", async () => {
  const { identify, issue, kept, asked, pass } = start();
  const { key, keyId } = issue();
  for (let i = 0; i < 10; i++)
    assert.deepEqual(await identify(request(key)), { tenantId, by: `key:${keyId}`, user: keyId });
  assert.equal(asked.length, 1);
  kept.delete(keyId);
  await identify(request(key));
  pass(limits.apiKeyCacheMilliseconds);
  await assert.rejects(identify(request(key)), { code: "unauthenticated" });
});

test("an outage is told as one, and not remembered", async () => {
  const { identify, issue, fail } = start();
  const { key } = issue();
  fail(new RetainWiseError("database_unavailable", "down"));
  await assert.rejects(identify(request(key)), { code: "database_unavailable" });
  fail(null);
  assert.equal((await identify(request(key))).tenantId, tenantId);
});

test("a wrong secret beside a right id is refused while the right one is remembered", async () => {
  const { identify, issue } = start();
  const [a, b] = [issue(), issue()];
  await identify(request(a.key));
  await assert.rejects(identify(request(`${a.keyId}.${b.key.split(".")[1]}`)), { code: "unauthenticated" });
  await assert.rejects(identify(request(`${a.keyId}.${"A".repeat(43)}`)), { code: "unauthenticated" });
});

test("made-up ids never reach the database, and ids that are gone fill no memory", async () => {
  const { identify, asked } = start();
  for (let i = 0; i < 1_000; i++)
    await assert.rejects(identify(request(`rw_${String(i).padStart(16, "0")}.${"A".repeat(43)}`)), refusal);
  assert.equal(asked.length, 0);
  const first = issueKey(secret).key;
  await assert.rejects(identify(request(first)), refusal);
  await assert.rejects(identify(request(first)), refusal);
  assert.equal(asked.length, 1);
  for (let i = 0; i < limits.apiKeysCached; i++) await identify(request(issueKey(secret).key)).catch(() => undefined);
  await assert.rejects(identify(request(first)), refusal);
  assert.equal(asked.length, limits.apiKeysCached + 2);
});

test("a key goes to the keys and a token to the tokens", async () => {
  const identify = identifyByEither(
    async () => ({ tenantId, by: "key", user: "a" }),
    async () => ({ tenantId, by: "jwt", user: "b" }),
  );
  assert.equal((await identify(request("rw_a.b"))).by, "key");
  assert.equal((await identify(request("a.b.c"))).by, "jwt");
  assert.equal((await identify(new Request("http://127.0.0.1/"))).by, "key");
  assert.equal((await identify(request("a.b.c.d.e"))).by, "key");
});

test("without keys only the machine's own names are answered: a page that points its name here is not", async () => {
  const identify = identifyOpen(tenantId);
  for (const host of ["127.0.0.1", "localhost", "[::1]", "127.9.9.9", "LOCALHOST"])
    assert.equal((await identify(new Request(`http://${host}:8080/`))).tenantId, tenantId, host);
  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "0.0.0.0",
    "192.168.0.1",
    "evil-localhost",
  ])
    await assert.rejects(identify(new Request(`http://${host}:8080/`)), { code: "unauthenticated" }, host);
});

test("the secret of a home is made once by whoever is first, for its user only", async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => readKeySecret(join(folder, "home"))));
  assert.equal(new Set(secrets).size, 1);
  assert.match(secrets[0]!, /^[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(readdirSync(join(folder, "home")), ["key-secret"]);
  assert.equal(statSync(join(folder, "home/key-secret")).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(folder, "home/key-secret"), "utf8"), secrets[0]);
});

test("a draft that a crash has left is in nobody's way, and a damaged secret is not used", async () => {
  const home = join(folder, "crashed");
  await readKeySecret(home);
  rmSync(join(home, "key-secret"));
  writeFileSync(join(home, `key-secret.${process.pid}`), "");
  assert.equal((await readKeySecret(home)).length, 43);
  for (const text of ["", "short", "\0"]) {
    chmodSync(join(home, "key-secret"), 0o600);
    writeFileSync(join(home, "key-secret"), text);
    await assert.rejects(readKeySecret(home), { code: "config_invalid" });
  }
});
