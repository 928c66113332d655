/** Route × identity, made from the table of routes: whoever adds a route is held to it without doing anything. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Route } from "../../src/api/route.ts";
import { createRoutes } from "../../src/api/routes.ts";
import { issueKey } from "../../src/identity/api-key.ts";
import { readKeySecret } from "../../src/identity/key-secret.ts";
import { createMemoryServices } from "../api/memory-services.ts";
import { after, test } from "../slow-test.ts";
import { customersCsv, startWithIdentity } from "./running.ts";

const running = await startWithIdentity();
after(() => running.stop());
const { url, owner, stranger, operator, provider } = running;

const stopping = new AbortController();
const routes = createRoutes(createMemoryServices(), {
  pollMilliseconds: 250,
  heartbeatMilliseconds: 15_000,
  stopping: stopping.signal,
});
const isPublic = (route: Route): boolean => route.operation.access === "public";
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** The path with a value for each parameter; a parameter that this test does not know fails it. */
function pathOf({ path }: Route, uploadId: string): string {
  const values: Readonly<Record<string, string>> = {
    upload_id: uploadId,
    row: "2",
    name: "telecom",
    model: "telecom",
    feature: "contract",
  };
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? assert.fail(`no value for {${name}}`));
}

/** A body that the route documents as an example. */
function initOf({ method, operation }: Route): RequestInit {
  const media = operation.body?.find(({ example }) => example !== undefined);
  if (operation.body === undefined) return { method };
  if (media === undefined) assert.fail(`${operation.id} documents no example of its body`);
  const body = typeof media.example === "string" ? media.example : JSON.stringify(media.example);
  return { method, body, headers: { "content-type": media.media } };
}

/** Each way to ask with the route's method, and by HEAD where it is GET. */
const asksOf = (route: Route): RequestInit[] =>
  route.method === "GET" ? [initOf(route), { method: "HEAD" }] : [initOf(route)];

const completed = (await owner.upload(customersCsv)).upload_id;
const { upload_id: asking, status: askingStatus } = await owner.upload("alpha,beta\n1,2\n3,4\n");
assert.equal(askingStatus, "needs_mapping");
const deleted = (await owner.upload(customersCsv)).upload_id;
await owner.call(`/v1/uploads/${deleted}`, { method: "DELETE" });

const { keyId: revokedId, key: revoked } = await operator.createKey(owner.tenantId, "revoked", null);
const { key: expired } = await operator.createKey(owner.tenantId, "expired", new Date(Date.now() - 1_000));
assert.equal((await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${revoked}` } })).status, 200);
await operator.revokeKey(revokedId);
await sleep(1_000);

const [ownId = "", ownSecret = ""] = owner.key.split(".");
const [, strangerSecret = ""] = stranger.key.split(".");
const ownToken = await provider.token({ tenant_id: owner.tenantId });
const now = Math.floor(Date.now() / 1_000);

/** Name → the headers that show it. */
const refusedCredentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no credential": {},
  "empty header": { authorization: "" },
  garbage: { authorization: "Bearer x" },
  "scheme without a credential": { authorization: "Bearer" },
  "another scheme": { authorization: `Basic ${owner.key}` },
  "no scheme": { authorization: owner.key },
  "two credentials": { authorization: `Bearer ${owner.key} ${owner.key}` },
  "two credentials with a comma": { authorization: `Bearer ${owner.key}, Bearer ${owner.key}` },
  "unknown key": { authorization: `Bearer rw_${"A".repeat(16)}.${ownSecret}` },
  "unknown key with an id of ours": { authorization: `Bearer ${issueKey(await readKeySecret(running.home)).key}` },
  "right id, wrong secret": { authorization: `Bearer ${ownId}.${"A".repeat(43)}` },
  "right id, another key's secret": { authorization: `Bearer ${ownId}.${strangerSecret}` },
  "secret cut off": { authorization: `Bearer ${owner.key.slice(0, -1)}` },
  "id alone": { authorization: `Bearer ${ownId}` },
  "revoked key": { authorization: `Bearer ${revoked}` },
  "expired key": { authorization: `Bearer ${expired}` },
  "expired token": { authorization: `Bearer ${await provider.token({ tenant_id: owner.tenantId, exp: now - 60 })}` },
  "token without a tenant": { authorization: `Bearer ${await provider.token()}` },
  "token with a broken signature": { authorization: `Bearer ${ownToken.slice(0, -4)}AAAA` },
  oversize: { authorization: `Bearer ${"x".repeat(8_300)}` },
  "cookie and other headers": { cookie: `key=${owner.key}`, "x-api-key": owner.key, "x-tenant-id": owner.tenantId },
};

test("these calls are public and no other is", () => {
  const open = routes.filter(isPublic).map(nameOf);
  assert.deepEqual(open, [
    "GET /livez",
    "GET /readyz",
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/errors",
    "GET /docs/style.css",
  ]);
});

test("a closed call answers every wrong credential with the same 401, a public one does not ask", async () => {
  for (const route of routes) {
    const bodies = new Set<string>();
    for (const [credential, headers] of Object.entries(refusedCredentials)) {
      for (const init of asksOf(route)) {
        const what = `${init.method} ${route.path}, ${credential}`;
        const answer = await fetch(url + pathOf(route, completed), {
          ...init,
          headers: { ...init.headers, ...headers, "x-request-id": "matrix" },
        });
        const text = await answer.text();
        if (isPublic(route)) {
          assert.equal(answer.status, 200, what);
          continue;
        }
        assert.equal(answer.status, 401, what);
        assert.equal(answer.headers.get("content-type"), "application/problem+json", what);
        assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer/, what);
        assert.equal(answer.headers.get("ratelimit"), null, what);
        if (init.method === "HEAD") continue;
        const problem = JSON.parse(text) as { code: string; detail: string };
        assert.equal(problem.code, "unauthenticated", what);
        bodies.add(problem.detail);
      }
    }
    // Nothing there, of another form, or not valid: which part of a key is wrong is not told.
    assert.ok(bodies.size <= 3, [...bodies].join("\n"));
  }
});

test("a credential in the address is none", async () => {
  for (const route of routes.filter((each) => !isPublic(each))) {
    for (const name of ["access_token", "key", "authorization", "token"]) {
      const path = `${pathOf(route, completed)}?${name}=${owner.key}`;
      const answer = await fetch(url + path, initOf(route));
      await answer.body?.cancel();
      assert.equal(answer.status, 401, `${route.method} ${path}`);
    }
  }
});

test("own key and own token open every closed call", async () => {
  for (const authorization of [`Bearer ${owner.key}`, `bearer ${owner.key}`, `Bearer ${ownToken}`]) {
    for (const route of routes.filter((each) => !isPublic(each) && each.method !== "DELETE")) {
      const init = initOf(route);
      const headers = { ...init.headers, authorization };
      const answer = await fetch(url + pathOf(route, completed), { ...init, headers });
      await answer.body?.cancel();
      // 409: that upload asks nothing. 404: where callers are identified what was given up is for the operator's command.
      const withheld = route.path.startsWith("/v1/dead-letters") ? [404] : [];
      assert.ok([200, 202, 409, ...withheld].includes(answer.status), `${nameOf(route)}: ${answer.status}`);
    }
  }
});

/** All of an answer but the time and what is left of the account's requests. */
async function fingerprint(answer: Response): Promise<unknown> {
  const headers = [...answer.headers].filter(([name]) => name !== "date" && name !== "ratelimit");
  return { status: answer.status, headers, body: await answer.text() };
}

test("another tenant's upload is answered byte for byte like one that was never there, and stays as it is", async () => {
  const strangers = [stranger.key, await provider.token({ tenant_id: stranger.tenantId })];
  const withId = routes.filter(({ path }) => path.includes("{upload_id}"));
  const before = await view();
  assert.ok(withId.length >= 8);
  for (const route of withId) {
    for (const init of asksOf(route)) {
      for (const key of strangers) {
        const ask = async (uploadId: string) => {
          const headers = { ...init.headers, authorization: `Bearer ${key}`, "x-request-id": "matrix" };
          return fingerprint(await fetch(url + pathOf(route, uploadId), { ...init, headers }));
        };
        const missing = await ask(randomUUID());
        assert.equal((missing as { status: number }).status, 404);
        for (const id of [completed, asking, deleted, completed.toUpperCase()])
          assert.deepEqual(await ask(id), missing, `${init.method} ${route.path}`);
      }
    }
  }
  assert.deepEqual(await view(), before);

  /** Everything of the two uploads that their owner can see. */
  async function view(): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (const id of [completed, asking])
      for (const route of withId.filter(({ method, path }) => method === "GET" && !path.endsWith("/events")))
        seen.push(await fingerprint(await owner.call(pathOf(route, id), { headers: { "x-request-id": "view" } })));
    return seen;
  }
});

test("no other answer to a stranger names an upload, a file or a customer of the owner", async () => {
  await owner.call("/v1/uploads?filename=owners-secret.csv", {
    method: "POST",
    body: customersCsv,
    headers: { "content-type": "text/csv" },
  });
  const { data } = (await (await owner.call("/v1/uploads")).json()) as { data: { upload_id: string }[] };
  assert.ok(data.length >= 3);
  for (const route of routes.filter(({ path }) => !path.includes("{upload_id}"))) {
    const init = initOf(route);
    const text = await (await stranger.call(pathOf(route, ""), init)).text();
    for (const { upload_id } of data) assert.ok(!text.includes(upload_id), nameOf(route));
    assert.ok(!text.includes("owners-secret"), nameOf(route));
  }
});

test("an owner's cursor shows a stranger nothing", async () => {
  const first = (await (await owner.call("/v1/uploads?limit=1")).json()) as { next_cursor: string };
  const page = await stranger.call(`/v1/uploads?limit=50&cursor=${encodeURIComponent(first.next_cursor)}`);
  const { data } = (await page.json()) as { data: { upload_id: string }[] };
  const own = (await (await stranger.call("/v1/uploads?limit=50")).json()) as { data: { upload_id: string }[] };
  const ids = own.data.map(({ upload_id }) => upload_id);
  assert.ok(data.every(({ upload_id }) => ids.includes(upload_id)));
});

test("the same Idempotency-Key of two tenants makes two uploads", async () => {
  const headers = { "content-type": "text/csv", "idempotency-key": "order-1" };
  const send = (person: typeof owner, body: string) => person.call("/v1/uploads", { method: "POST", body, headers });
  const mine = await send(owner, customersCsv);
  const theirs = await send(stranger, `${customersCsv}C-99,1,1,One year\n`);
  assert.deepEqual([mine.status, theirs.status], [202, 202]);
  assert.equal(theirs.headers.get("idempotency-replayed"), null);
  const [a, b] = [await mine.json(), await theirs.json()] as { upload_id: string }[];
  assert.notEqual(a?.upload_id, b?.upload_id);
  const again = await send(owner, customersCsv);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal(((await again.json()) as { upload_id: string }).upload_id, a?.upload_id);
});

test("no key, token or digest is in the log", () => {
  const text = running.log.join("\n");
  assert.ok(text.includes("request.refused"));
  for (const secret of [ownSecret, strangerSecret, revoked.split(".")[1] ?? "", ownToken.split(".")[2] ?? ""])
    assert.ok(!text.includes(secret));
});
