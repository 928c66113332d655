/** Who may do what, through the front door. The matrix comes from the router's own table: a new route is in it by itself. */
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Route } from "../../src/api/route.ts";
import { createRoutes } from "../../src/api/routes.ts";
import { createMemoryServices } from "../api/memory-services.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { startService } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const home = join(folder.path, "home");

const routes = createRoutes(createMemoryServices(), {
  pollMilliseconds: 250,
  heartbeatMilliseconds: 15_000,
  stopping: new AbortController().signal,
});

// An identity provider's key and the tokens it signs.
const provider = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keyFile = join(folder.path, "keys.json");
writeFileSync(keyFile, JSON.stringify({ keys: [{ ...provider.publicKey.export({ format: "jwk" }), alg: "ES256" }] }));
function tokenFor(tenantId: string, seconds: number): string {
  const exp = Math.floor(Date.now() / 1_000) + seconds;
  const claims = { iss: "https://issuer.example", aud: "retainwise", exp, tenant_id: tenantId };
  const text = [{ alg: "ES256" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = createSign("SHA256").update(text).sign({ key: provider.privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

const environment = {
  RETAINWISE_HOME: home,
  RETAINWISE_AUTH: "keys,jwt",
  RETAINWISE_JWT_ISSUER: "https://issuer.example",
  RETAINWISE_JWT_AUDIENCE: "retainwise",
  RETAINWISE_JWT_KEYS: keyFile,
  RETAINWISE_REQUESTS_PER_MINUTE: "100000",
};
const service = await startService(home, environment);
after(async () => assert.equal(await service.stop(), 0, service.output()));

/** An operator's command beside the running service. */
async function operator(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args, { environment });
  assert.equal(code, 0, stderr);
  return stdout.trim();
}
const owner = await operator("tenant", "create", "Owner");
const stranger = await operator("tenant", "create", "Stranger");
const ownKey = await operator("key", "create", "--tenant", owner, "--name", "the owner's");
const strangersKey = await operator("key", "create", "--tenant", stranger);

const call = (path: string, credential: string | null, init: RequestInit = {}): Promise<Response> =>
  fetch(service.url + path, {
    redirect: "manual",
    ...init,
    headers: { ...(init.headers ?? {}), ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
  });

const customers = (n: number) =>
  `customer_id,tenure,monthly_charges,contract\n${Array.from({ length: n }, (_, i) => `canary-${i},${i + 1},70.5,Month-to-month\n`).join("")}`;

async function completed(credential: string): Promise<string> {
  const sent = await call("/v1/uploads", credential, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: customers(3),
  });
  assert.equal(sent.status, 202);
  const { upload_id } = (await sent.json()) as { upload_id: string };
  for (;;) {
    const { status } = (await (await call(`/v1/uploads/${upload_id}`, credential)).json()) as { status: string };
    if (status === "completed") return upload_id;
    assert.ok(["pending", "processing"].includes(status), status);
    await sleep(50);
  }
}
const upload = await completed(ownKey);

/** The address of a route with its parameters filled in. */
function pathOf({ path }: Route, uploadId: string): string {
  return path.replace("{upload_id}", uploadId).replace("{row}", "2").replace("{name}", "telecom");
}

/** A request that gets as far as the tenant matters. */
function initOf({ method, path }: Route): RequestInit {
  if (method !== "POST") return { method };
  if (path === "/v1/uploads") return { method, headers: { "content-type": "text/csv" }, body: customers(1) };
  const body: Record<string, unknown> = {
    "/v1/predict": {
      customers: [{ tenure_months: 2, monthly_charges: 70, contract: "Month-to-month" }],
      explain: true,
    },
    "/v1/mappings/suggest": { columns: ["tenure"], sample: [["3"]] },
  };
  const json = body[path] ?? { mapping: { tenure_months: "tenure" }, remember: false };
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(json) };
}

const closed = routes.filter((route) => route.operation.access !== "public");

test("public calls answer whoever asks", async () => {
  for (const route of routes.filter((each) => !closed.includes(each))) {
    assert.equal((await call(pathOf(route, upload), null, initOf(route))).status, 200, route.path);
  }
});

test("every other call of the router refuses whoever has no valid credential, in the same words, and does nothing", async () => {
  assert.ok(closed.length >= 15, `${closed.length} closed calls`);
  const [id, secret] = ownKey.split(".");
  const expired = await operator("key", "create", "--tenant", owner, "--expires-days", "1");
  const bad: Record<string, string | null> = {
    nothing: null,
    garbage: "garbage",
    "an unknown key": `rw_${"A".repeat(16)}.${secret}`,
    "the right id with another secret": `${id}.${strangersKey.split(".")[1]}`,
    "an expired token": tokenFor(owner, -60),
    "a token with a changed tenant": tokenFor(stranger, 60).replace(
      /\.[^.]+\./,
      `.${tokenFor(owner, 60).split(".")[1]}.`,
    ),
  };
  assert.equal((await call("/v1/uploads", expired)).status, 200);
  const before = await (await call("/v1/uploads", ownKey)).text();
  for (const [what, credential] of Object.entries(bad)) {
    for (const route of closed) {
      for (const method of route.method === "GET" ? ["GET", "HEAD"] : [route.method]) {
        const response = await call(pathOf(route, upload), credential, { ...initOf(route), method });
        const where = `${method} ${route.path} with ${what}`;
        assert.equal(response.status, 401, where);
        assert.match(response.headers.get("www-authenticate") ?? "", /^Bearer/, where);
        if (method === "HEAD") continue;
        const { code } = (await response.json()) as { code: string };
        assert.equal(code, "unauthenticated", where);
      }
    }
  }
  assert.equal(await (await call("/v1/uploads", ownKey)).text(), before);
});

test("every call with another tenant's upload answers as with one that is not there, and changes nothing", async () => {
  const before = await (await call(`/v1/uploads/${upload}`, ownKey)).text();
  const withId = closed.filter((route) => route.path.includes("{upload_id}"));
  assert.ok(withId.length >= 8);
  for (const credential of [strangersKey, tokenFor(stranger, 60)]) {
    for (const route of withId) {
      const seen = async (id: string) => {
        const response = await call(pathOf(route, id), credential, initOf(route));
        const varying = ["date", "x-request-id", "ratelimit"];
        const headers = [...response.headers].filter(([name]) => !varying.includes(name));
        const text = (await response.text()).replace(/urn:retainwise:request:[^"]+/, "").replaceAll(id, "");
        return { status: response.status, headers, text };
      };
      const foreign = await seen(upload);
      assert.equal(foreign.status, 404, `${route.method} ${route.path}`);
      assert.deepEqual(foreign, await seen(randomUUID()), `${route.method} ${route.path}`);
    }
  }
  const list = await (await call("/v1/uploads?limit=100", strangersKey)).text();
  assert.ok(!list.includes(upload));
  assert.equal(await (await call(`/v1/uploads/${upload}`, ownKey)).text(), before);
  assert.equal((await call(`/v1/uploads/${upload}`, tokenFor(owner, 60))).status, 200);
});

test("an Idempotency-Key is a tenant's own", async () => {
  const send = async (credential: string) => {
    const headers = { "content-type": "text/csv", "idempotency-key": "the-same" };
    const response = await call("/v1/uploads", credential, { method: "POST", headers, body: customers(1) });
    assert.equal(response.status, 202);
    return ((await response.json()) as { upload_id: string }).upload_id;
  };
  const mine = await send(ownKey);
  assert.equal(await send(ownKey), mine);
  assert.notEqual(await send(strangersKey), mine);
});

test("a key that is revoked beside the running service is refused within a second, and stands nowhere", async () => {
  const key = await operator("key", "create", "--tenant", owner, "--name", "short-lived");
  const id = key.split(".")[0]!;
  assert.equal((await call("/v1/uploads", key)).status, 200);
  const revoked = operator("key", "revoke", id);
  await revoked;
  const from = performance.now();
  while ((await call("/v1/uploads", key)).status !== 401) {
    assert.ok(performance.now() - from < 1_000, "still let in after a second");
    await sleep(20);
  }
  assert.match(await operator("key", "list"), new RegExp(`${id}.*revoked.*short-lived`));
  const again = await run(["key", "revoke", id], { environment });
  assert.deepEqual([again.code, /key_not_found/.test(again.stderr)], [2, true]);
  const secret = key.split(".")[1]!;
  assert.ok(!service.output().includes(secret));
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    const path = join(home, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) assert.ok(!readFileSync(path).includes(secret), name);
  }
  assert.equal(statSync(join(home, "key-secret")).mode & 0o777, 0o600);
});

test("what a proxy may have forged says nothing of who asks", async () => {
  const forged = {
    "x-forwarded-for": "127.0.0.1",
    forwarded: "for=127.0.0.1",
    "x-real-ip": "127.0.0.1",
    "x-tenant-id": owner,
  };
  assert.equal((await call("/v1/uploads", null, { headers: forged })).status, 401);
  const list = await call("/v1/uploads", strangersKey, { headers: { ...forged, "x-forwarded-host": "evil.example" } });
  const text = await list.text();
  assert.ok(!text.includes(upload) && !text.includes("evil.example"));
});

test("a tenant's requests are counted, whatever address it claims; another's are its own", async () => {
  const limited = await startService(join(folder.path, "limited"), {
    ...environment,
    RETAINWISE_HOME: join(folder.path, "limited"),
    RETAINWISE_REQUESTS_PER_MINUTE: "5",
  });
  try {
    const ask = (tenantId: string, i: number) =>
      fetch(`${limited.url}/v1/uploads`, {
        headers: { authorization: `Bearer ${tokenFor(tenantId, 60)}`, "x-forwarded-for": `10.0.0.${i}` },
      });
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await ask(owner, i));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200, 429],
    );
    const last = answers[5]!;
    assert.equal(((await last.json()) as { code: string }).code, "rate_limited");
    assert.match(last.headers.get("ratelimit") ?? "", /^"requests";r=0;t=\d+$/);
    assert.equal(last.headers.get("ratelimit-policy"), '"requests";q=5;w=60');
    assert.ok(Number(last.headers.get("retry-after")) >= 1);
    assert.match(answers[0]!.headers.get("ratelimit") ?? "", /;r=4;/);
    assert.equal((await ask(stranger, 1)).status, 200);
    assert.equal((await fetch(`${limited.url}/livez`)).status, 200);
  } finally {
    await limited.stop();
  }
});

test("a service without identity listens on loopback only, and one with keys in a database of its own needs their secret", async () => {
  const refused = async (more: Record<string, string>) => {
    const { code, stderr } = await run(["serve"], {
      environment: { RETAINWISE_HOME: join(folder.path, "none"), PORT: "0", ...more },
    });
    assert.equal(code, 1);
    return stderr;
  };
  assert.match(await refused({ HOST: "0.0.0.0" }), /RETAINWISE_AUTH=open serves only a loopback address/);
  const external = { RETAINWISE_AUTH: "keys", RETAINWISE_DATABASE_URL: "postgres://127.0.0.1:1/x" };
  assert.match(await refused(external), /RETAINWISE_KEY_SECRET/);
  assert.match(await refused({ RETAINWISE_AUTH: "jwt" }), /RETAINWISE_JWT_ISSUER/);
  assert.match(await refused({ RETAINWISE_AUTH: "password" }), /must be open, keys, jwt or keys,jwt/);
});
