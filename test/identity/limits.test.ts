/** What one tenant may do, through the whole service: requests a minute and what it may hold. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { limits } from "../../src/limits.ts";
import { createDatabase } from "../../src/store/database.ts";
import { attachEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";
import { after, test } from "../slow-test.ts";
import { customersCsv, personWith, startWithIdentity } from "./running.ts";

const running = await startWithIdentity({ RETAINWISE_REQUESTS_PER_MINUTE: "12" });
const address = await attachEmbeddedPostgres(running.home);
assert.ok(address !== null);
const database = createDatabase(address);
after(async () => {
  await database.stop();
  await running.stop();
});
const { url, operator } = running;

async function newcomer(name: string) {
  const tenantId = await operator.createTenant(name);
  return personWith(url, tenantId, (await operator.createKey(tenantId, name, null)).key);
}

const forged = {
  "x-forwarded-for": "203.0.113.9",
  forwarded: "for=203.0.113.9;host=evil.example;proto=https",
  "x-real-ip": "203.0.113.9",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "https",
  "x-tenant-id": running.owner.tenantId,
  "x-tenant": running.owner.tenantId,
  "x-original-url": "/livez",
  "x-rewrite-url": "/livez",
  "x-http-method-override": "DELETE",
};

test("every answer says what is left; after the last one 429 with the time to come back, for this tenant alone", async () => {
  const [busy, calm] = [await newcomer("busy"), await newcomer("calm")];
  const paths = ["/v1/models", "/v1/uploads/not-an-id", "/v1/uploads?limit=x", "/v1/templates"];
  for (let left = 11; left >= 0; left--) {
    const answer = await busy.call(paths[left % paths.length]!);
    await answer.body?.cancel();
    assert.notEqual(answer.status, 429);
    assert.equal(answer.headers.get("ratelimit-policy"), '"requests";q=12;w=60');
    assert.match(answer.headers.get("ratelimit") ?? "", new RegExp(`^"requests";r=${left};t=\\d+$`));
  }
  for (const headers of [{}, forged]) {
    for (const init of [{}, { method: "HEAD" }, { method: "POST", body: customersCsv }]) {
      const refusal = await busy.call("/v1/uploads", { ...init, headers: { "content-type": "text/csv", ...headers } });
      const text = await refusal.text();
      assert.equal(refusal.status, 429);
      const seconds = Number(refusal.headers.get("retry-after"));
      assert.ok(seconds >= 1 && seconds <= 5, String(seconds));
      assert.match(refusal.headers.get("ratelimit") ?? "", /^"requests";r=0;t=\d+$/);
      if (init.method !== "HEAD") assert.equal((JSON.parse(text) as { code: string }).code, "rate_limited");
    }
  }
  const other = await calm.call("/v1/models");
  await other.body?.cancel();
  assert.match(other.headers.get("ratelimit") ?? "", /r=11;/);
  // A second key is the same account.
  const { key } = await operator.createKey(busy.tenantId, "second", null);
  assert.equal((await personWith(url, busy.tenantId, key).call("/v1/models")).status, 429);
  const token = await running.provider.token({ tenant_id: busy.tenantId.toUpperCase() });
  assert.equal((await personWith(url, busy.tenantId, token).call("/v1/models")).status, 429);
  // What is public asks for no account.
  assert.equal((await busy.call("/livez")).status, 200);
});

test("headers that a proxy might set change neither who asks nor a link", async () => {
  const person = await newcomer("forger");
  const answer = await person.call("/v1/uploads", {
    method: "POST",
    body: customersCsv,
    headers: { ...forged, "content-type": "text/csv" },
  });
  assert.equal(answer.status, 202);
  const text = await answer.text();
  assert.ok(!text.includes("evil.example") && !(answer.headers.get("location") ?? "").includes("evil.example"));
  const { upload_id } = JSON.parse(text) as { upload_id: string };
  assert.equal((await person.call(`/v1/uploads/${upload_id}`)).status, 200);
  assert.equal((await person.call("/v1/uploads/x", { headers: forged })).status, 404);
  assert.equal((await running.owner.call(`/v1/uploads/${upload_id}`)).status, 404);
});

test("over its quota an upload is refused before its object is stored, and nothing is left of it", async () => {
  const person = await newcomer("hoarder");
  const objects = (): string[] => readdirSync(join(running.home, "files"), { recursive: true }).map(String);
  const fill = (tenantId: string, uploads: number, bytes: number, status: string) =>
    database.transaction(
      (sql) => sql`
        insert into uploads (upload_id, tenant_id, object_key, filename, bytes, sha256, options, status)
        select gen_random_uuid(), ${tenantId}, 'none', '', ${bytes}::bigint, '', '{}', ${status}
        from generate_series(1, ${uploads}::integer)`,
    );
  const empty = () => database.transaction((sql) => sql`delete from uploads where object_key = 'none'`);
  const send = (form: boolean) => {
    const body = new FormData();
    body.set("file", new File([customersCsv], "c.csv"));
    return person.call("/v1/uploads", {
      method: "POST",
      body: form ? body : customersCsv,
      headers: form ? {} : { "content-type": "text/csv" },
    });
  };
  const cases = [
    {
      status: 429,
      code: "quota_exceeded",
      make: () => fill(person.tenantId, limits.tenantActiveUploads, 1, "pending"),
    },
    { status: 429, code: "quota_exceeded", make: () => fill(person.tenantId, 100, limits.uploadBytes, "completed") },
    {
      status: 503,
      code: "overloaded",
      make: () => fill(running.stranger.tenantId, limits.activeUploads, 1, "pending"),
    },
  ];
  const before = objects();
  for (const { status, code, make } of cases) {
    await make();
    for (const form of [false, true]) {
      const answer = await send(form);
      assert.equal(answer.status, status, code);
      assert.ok(Number(answer.headers.get("retry-after")) >= 1);
      assert.equal(((await answer.json()) as { code: string }).code, code);
    }
    await empty();
  }
  assert.deepEqual(objects(), before);
  const left = await database.transaction(
    (sql) => sql`select 1 from object_intents where tenant_id = ${person.tenantId}`,
  );
  assert.equal(left.count, 0);
  assert.equal((await send(true)).status, 202);
});
