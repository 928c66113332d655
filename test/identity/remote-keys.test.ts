import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { identifyByJwt } from "../../src/identity/jwt.ts";
import { remoteKeys } from "../../src/identity/remote-keys.ts";
import { limits } from "../../src/limits.ts";
import { after, test } from "../slow-test.ts";
import { audience, createIdentityProvider, type IdentityProvider, issuer } from "./identity-provider.ts";

const tenant_id = randomUUID();
const [first, second, stranger] = [
  await createIdentityProvider("ES256", "first"),
  await createIdentityProvider("ES256", "second"),
  await createIdentityProvider("ES256", "made-up"),
];

/** What the provider's server does with the next request, and how many came. */
let behave: (response: ServerResponse) => void;
let asked = 0;
const server = createServer((_, response) => {
  asked++;
  behave(response);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});
const address = server.address();
const url = new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/keys`);
const serves = (...providers: IdentityProvider[]) => {
  behave = (response) => void response.end(JSON.stringify({ keys: providers.flatMap(({ keySet }) => keySet.keys) }));
};

function start(from: URL = url) {
  let seconds = 0;
  asked = 0;
  const keys = remoteKeys(from, { now: () => seconds * 1_000 });
  const identify = identifyByJwt({ issuer, audience, tenantClaim: "tenant_id", keys });
  return {
    pass: (more: number) => (seconds += more),
    ask: async (provider: IdentityProvider) =>
      identify(
        new Request("http://127.0.0.1/", {
          headers: { authorization: `Bearer ${await provider.token({ tenant_id })}` },
        }),
      ),
  };
}

const outage = { code: "identity_unavailable" };
const refusal = { code: "unauthenticated" };
const soon = () => new Promise((resolve) => setTimeout(resolve, 100));

test("keys are fetched once for many tokens, at the same time too", async () => {
  serves(first);
  const { ask } = start();
  await Promise.all(Array.from({ length: 20 }, () => ask(first)));
  assert.equal((await ask(first)).tenantId, tenant_id);
  assert.equal(asked, 1);
});

test("a new key of the provider is found; made-up ones do not become requests to it", async () => {
  serves(first);
  const { ask, pass } = start();
  await ask(first);
  serves(first, second);
  await assert.rejects(ask(second), refusal);
  pass(limits.jwksCooldownSeconds);
  assert.equal((await ask(second)).tenantId, tenant_id);
  assert.equal(asked, 2);
  for (let i = 0; i < 20; i++) await assert.rejects(ask(stranger), refusal);
  assert.equal(asked, 2);
});

test("a withdrawn key is out once the known ones are not fresh any more", async () => {
  serves(first, second);
  const { ask, pass } = start();
  await ask(second);
  serves(first);
  pass(limits.jwksFreshSeconds);
  await ask(first);
  await soon();
  await assert.rejects(ask(second), refusal);
});

const outages: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "an error": (response) => void response.writeHead(500).end("{}"),
  "a redirect": (response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
  "nothing there": (response) => void response.writeHead(404).end(),
  "no JSON": (response) => void response.end("<html>"),
  "JSON of another kind": (response) => void response.end('{"keys":5}'),
  "a text cut off": (response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"keys":[');
    setTimeout(() => response.destroy(), 20);
  },
  "a closed connection": (response) => void response.destroy(),
  "far too much": (response) => {
    response.on("error", () => undefined);
    const more = (): void => {
      while (!response.destroyed && response.write(" ".repeat(65_536)));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  },
};

for (const [name, behaviour] of Object.entries(outages)) {
  test(`the provider answers with ${name}: nobody is let in, it is an outage, and it is not asked with every request`, async () => {
    behave = behaviour;
    const { ask, pass } = start();
    for (let i = 0; i < 5; i++) await assert.rejects(ask(first), outage);
    // Bun asks again by itself when a connection that it kept is closed.
    assert.ok(asked <= 2, `asked ${asked} times`);
    serves(first);
    pass(limits.jwksCooldownSeconds);
    assert.equal((await ask(first)).tenantId, tenant_id);
  });
}

test("a provider that hangs, before or in its answer, is given up within the deadline", async () => {
  for (const hang of [() => undefined, (response: ServerResponse) => void response.writeHead(200).write("{")]) {
    behave = hang;
    const { ask } = start();
    const from = performance.now();
    await assert.rejects(Promise.all([ask(first), ask(first), ask(stranger)]), outage);
    assert.ok(performance.now() - from < limits.jwksMilliseconds + 1_500);
  }
});

test("a provider that refuses connections is an outage", async () => {
  const { ask } = start(new URL("http://127.0.0.1:1/keys"));
  await assert.rejects(ask(first), outage);
});

test("known keys outlive an outage by a day, and no longer; whether an unknown one is good cannot be told meanwhile", async () => {
  serves(first);
  const { ask, pass } = start();
  await ask(first);
  behave = outages["an error"]!;
  for (let hours = 0; hours < 23; hours++) {
    pass(3_600);
    const from = performance.now();
    assert.equal((await ask(first)).tenantId, tenant_id);
    assert.ok(performance.now() - from < 1_000);
    await soon();
    await assert.rejects(ask(second), outage);
  }
  pass(2 * 3_600);
  await assert.rejects(ask(first), outage);
  serves(first);
  pass(limits.jwksCooldownSeconds);
  await ask(first);
});
