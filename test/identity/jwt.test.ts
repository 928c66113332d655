/** Tokens that must not let anybody in, each wrong in one way, and the one that does. Keys are made here. */
import assert from "node:assert/strict";
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { after, test } from "node:test";
import { identifyByJwt } from "../../src/identity/jwt.ts";
import { localKeys } from "../../src/identity/local-keys.ts";
import { remoteKeys } from "../../src/identity/remote-keys.ts";
import { startKeyServer } from "./key-server.ts";

const tenantId = "0198f3a2-0000-7000-8000-00000000000a";
const mine = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const jwks = {
  keys: [
    { ...mine.publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" },
    { ...curve.publicKey.export({ format: "jwk" }), kid: "two", alg: "ES256", use: "sig" },
  ],
};
const issuer = "https://issuer.example";
const audience = "retainwise";
const identify = identifyByJwt({
  issuer,
  audience,
  tenantClaim: "tenant_id",
  keys: await localKeys(JSON.stringify(jwks)),
});

const now = Math.floor(Date.now() / 1_000);
const claims = { iss: issuer, aud: audience, exp: now + 600, iat: now, sub: "someone", tenant_id: tenantId };
const header = { alg: "RS256", kid: "one", typ: "JWT" };

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const rsa = (key: KeyObject) => (text: string) => createSign("RSA-SHA256").update(text).sign(key).toString("base64url");
const hmac = (key: string | Buffer) => (text: string) => createHmac("sha256", key).update(text).digest("base64url");

function token(
  head: unknown = header,
  body: unknown = claims,
  sign: (text: string) => string = rsa(mine.privateKey),
): string {
  const text = `${encode(head)}.${encode(body)}`;
  return `${text}.${sign(text)}`;
}

const ask = (authorization: string, who = identify) =>
  who(new Request("http://127.0.0.1/v1/uploads", { headers: { authorization } }));

test("a token of the provider, by either key, is its tenant's", async () => {
  assert.deepEqual(await ask(`Bearer ${token()}`), { tenantId, by: "jwt" });
  assert.equal((await ask(`bearer ${token({ ...header, typ: "at+jwt" })}`)).tenantId, tenantId);
  assert.equal((await ask(`Bearer ${token(header, { ...claims, aud: ["another", audience] })}`)).tenantId, tenantId);
  const es = (text: string) =>
    createSign("SHA256").update(text).sign({ key: curve.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  assert.equal((await ask(`Bearer ${token({ alg: "ES256", kid: "two" }, claims, es)}`)).tenantId, tenantId);
});

const pem = mine.publicKey.export({ type: "spki", format: "pem" }).toString();
const { exp: _exp, ...noExpiry } = claims;
const { tenant_id: _tenant, ...noTenant } = claims;
const foreignJwk = other.publicKey.export({ format: "jwk" });
const attacks: readonly [string, string][] = [
  ...["none", "None", "NONE", "nOnE"].map((alg): [string, string] => [`alg ${alg}`, token({ alg }, claims, () => "")]),
  ["no signature", token(header, claims, () => "")],
  ["HMAC with the public key's PEM", token({ alg: "HS256", kid: "one" }, claims, hmac(pem))],
  [
    "HMAC with the public key's DER",
    token({ alg: "HS256", kid: "one" }, claims, hmac(mine.publicKey.export({ type: "spki", format: "der" }))),
  ],
  ["HMAC with the key's JWK", token({ alg: "HS256", kid: "one" }, claims, hmac(JSON.stringify(jwks.keys[0])))],
  [
    "HMAC with an empty key",
    token({ alg: "HS256", kid: "one" }, claims, (text) => createHmac("sha256", "").update(text).digest("base64url")),
  ],
  ["an RS256 signature called PS256", token({ ...header, alg: "PS256" })],
  ["an RS256 signature called ES256", token({ ...header, alg: "ES256" })],
  ["another's key", token(header, claims, rsa(other.privateKey))],
  ["another's key in the header", token({ ...header, kid: undefined, jwk: foreignJwk }, claims, rsa(other.privateKey))],
  [
    "another's key set in the header",
    token({ ...header, jku: "http://127.0.0.1:1/keys" }, claims, rsa(other.privateKey)),
  ],
  [
    "another's certificate in the header",
    token({ ...header, x5u: "http://127.0.0.1:1/x", x5c: ["MIIB"] }, claims, rsa(other.privateKey)),
  ],
  ["a key id that is a path", token({ ...header, kid: "../../../../dev/null" }, claims, hmac(""))],
  ["a key id that is SQL", token({ ...header, kid: "' or 1=1 --" })],
  ["a key id of an object's own", token({ ...header, kid: "__proto__" })],
  ["an unknown critical header", token({ ...header, crit: ["x"], x: 1 })],
  ["a payload that is not encoded", token({ ...header, b64: false, crit: ["b64"] })],
  ["a logout token", token({ ...header, typ: "logout+jwt" })],
  ["a security event", token({ ...header, typ: "secevent+jwt" })],
  ["an expired one", token(header, { ...claims, exp: now - 31 })],
  ["one that never expires", token(header, noExpiry)],
  ["an expiry that is text", token(header, { ...claims, exp: "9999999999" })],
  ["an expiry that is null", token(header, { ...claims, exp: null })],
  ["one for later", token(header, { ...claims, nbf: now + 600 })],
  ["another issuer", token(header, { ...claims, iss: `${issuer}.evil` })],
  ["no issuer", token(header, { ...claims, iss: undefined })],
  ["another audience", token(header, { ...claims, aud: "retainwise2" })],
  ["an audience inside another", token(header, { ...claims, aud: ["x-retainwise"] })],
  ["no audience", token(header, { ...claims, aud: undefined })],
  ["no tenant", token(header, noTenant)],
  ["a tenant that is no id", token(header, { ...claims, tenant_id: "*" })],
  ["a tenant that is a list", token(header, { ...claims, tenant_id: [tenantId] })],
  ["a tenant with something behind", token(header, { ...claims, tenant_id: `${tenantId}\n` })],
  [
    "an elliptic signature of zeros",
    token({ alg: "ES256", kid: "two" }, claims, () => Buffer.alloc(64).toString("base64url")),
  ],
  [
    "a DER signature where raw is asked",
    token({ alg: "ES256", kid: "two" }, claims, (text) =>
      createSign("SHA256").update(text).sign(curve.privateKey).toString("base64url"),
    ),
  ],
  [
    "a payload changed after signing",
    token().replace(/\.[^.]+\./, `.${encode({ ...claims, tenant_id: "0198f3a2-0000-7000-8000-00000000000b" })}.`),
  ],
  ["a header that is no JSON", token("{", claims)],
  ["a header that is a list", token([], claims)],
  ["a payload that is no JSON", token(header, "tenant")],
  ["a payload that is a list", token(header, [claims])],
  ["five parts, as if encrypted", `${token()}.x.y`],
  ["two parts", token().split(".").slice(0, 2).join(".")],
  ["one that was cut", token().slice(0, -8)],
  ["an oversize one", token(header, { ...claims, more: "x".repeat(10_000) })],
];

for (const [what, bad] of attacks) {
  test(`${what} lets nobody in`, async () => {
    await assert.rejects(ask(`Bearer ${bad}`), { code: "unauthenticated" });
  });
}

for (const form of [
  "",
  "Bearer",
  "Bearer ",
  `Basic ${token()}`,
  `Bearer  ${token()}`,
  `Bearer ${token()} ${token()}`,
  `${token()}`,
  "Bearer \u00e4.b.c",
]) {
  test(`the header ${JSON.stringify(form.slice(0, 20))} lets nobody in`, async () => {
    await assert.rejects(ask(form), { code: "unauthenticated" });
  });
}

test("no header lets nobody in", async () => {
  await assert.rejects(identify(new Request("http://127.0.0.1/")), { code: "unauthenticated" });
});

const server = await startKeyServer(JSON.stringify(jwks));
after(() => server.stop());
const remote = () =>
  identifyByJwt({ issuer, audience, tenantClaim: "tenant_id", keys: remoteKeys(new URL(server.url)) });

test("keys that are fetched let the right one in and go on serving while the provider is down", async () => {
  server.set({ body: JSON.stringify(jwks) });
  const who = remote();
  assert.equal((await ask(`Bearer ${token()}`, who)).tenantId, tenantId);
  server.set({ status: 500, body: "" });
  assert.equal((await ask(`Bearer ${token()}`, who)).tenantId, tenantId);
  await assert.rejects(ask(`Bearer ${token(header, claims, rsa(other.privateKey))}`, who), { code: "unauthenticated" });
});

for (const [what, answer] of Object.entries({
  "answers 500": { status: 500, body: "" },
  "answers no JSON": { body: "<html>" },
  "answers no key set": { body: "{}" },
  "answers with a megabyte": { body: JSON.stringify({ keys: [], more: "x".repeat(1_000_000) }) },
  "sends one elsewhere": { status: 302, body: "" },
  "closes the connection": { close: true },
})) {
  test(`a provider that ${what} is an outage, not a bad token`, async () => {
    server.set(answer);
    await assert.rejects(ask(`Bearer ${token()}`, remote()), { code: "identity_unavailable" });
  });
}

test("a provider that hangs is an outage within its deadline", { timeout: 20_000 }, async () => {
  server.set({ hang: true });
  const started = performance.now();
  await assert.rejects(ask(`Bearer ${token()}`, remote()), { code: "identity_unavailable" });
  assert.ok(performance.now() - started < 7_000);
});
