import assert from "node:assert/strict";
import { createHmac, createPublicKey, type JsonWebKey, randomUUID } from "node:crypto";
import { test } from "node:test";
import { CompactEncrypt, CompactSign, createLocalJWKSet, generateKeyPair, importJWK, SignJWT } from "jose";
import { identifyByJwt } from "../../src/identity/jwt.ts";
import { audience, createIdentityProvider, issuer } from "./identity-provider.ts";

const tenantId = randomUUID();
const provider = await createIdentityProvider("RS256");
const curve = await createIdentityProvider("ES256", "curve");
const other = await createIdentityProvider("RS256");
const keySet = { keys: [...provider.keySet.keys, ...curve.keySet.keys] };
const options = { issuer, audience, tenantClaim: "tenant_id", keys: createLocalJWKSet(keySet) };
const identify = identifyByJwt(options);

const ask = (token: string, scheme = "Bearer ") =>
  identify(new Request("http://127.0.0.1/", { headers: { authorization: `${scheme}${token}` } }));
const refused = async (token: string, what?: string): Promise<void> => {
  await assert.rejects(ask(token), { code: "unauthenticated" }, what);
};

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const now = Math.floor(Date.now() / 1_000);
const good = { iss: issuer, aud: audience, exp: now + 600, tenant_id: tenantId };
/** Signed by the provider's key whatever the payload and header say. */
const sign = (payload: string, header: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: "RS256", kid: "key-1", ...header })
    .sign(provider.privateKey);

test("a right token is its tenant's, whatever the case of its letters", async () => {
  const named = { tenantId, by: "jwt", user: "auth0|17" };
  assert.deepEqual(await ask(await provider.token({ tenant_id: tenantId, sub: "auth0|17" })), named);
  const nameless = { tenantId, by: "jwt", user: tenantId };
  assert.deepEqual(await ask(await provider.token({ tenant_id: tenantId.toUpperCase() })), nameless);
  assert.equal((await ask(await curve.token({ tenant_id: tenantId }))).tenantId, tenantId);
  for (const typ of [undefined, "jwt", "at+jwt", "application/at+jwt", "AT+JWT"])
    assert.equal((await ask(await provider.token({ tenant_id: tenantId }, { typ }))).tenantId, tenantId, typ);
});

test("without a signature, or under a shared secret made of the public key, it is refused", async () => {
  const jwk = provider.keySet.keys[0]!;
  const pem = String(
    createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }).export({ type: "spki", format: "pem" }),
  );
  for (const alg of ["none", "None", "NONE", "nOnE", "", " none", null, 0, ["RS256"], { alg: "RS256" }]) {
    const start = `${encode({ alg, kid: "key-1" })}.${encode(good)}`;
    await refused(`${start}.`);
    await refused(`${start}.AAAA`);
  }
  await refused(`${encode({ kid: "key-1" })}.${encode(good)}.AAAA`);
  for (const [alg, hash] of [
    ["HS256", "sha256"],
    ["HS384", "sha384"],
    ["HS512", "sha512"],
  ] as const)
    for (const secret of [
      pem,
      pem.trim(),
      JSON.stringify(jwk),
      String(jwk.n),
      Buffer.from(String(jwk.n), "base64url"),
      "",
    ])
      for (const kid of ["key-1", undefined]) {
        const start = `${encode({ alg, kid })}.${encode(good)}`;
        await refused(`${start}.${createHmac(hash, secret).update(start).digest("base64url")}`, alg);
      }
});

test("an algorithm that is not the key's is refused", async () => {
  for (const alg of ["PS256", "RS512", "ES256", "EdDSA", "RS1", "ES256K", "RSA-OAEP", "HS256"]) {
    const [, payload, signature] = (await provider.token({ tenant_id: tenantId })).split(".");
    await refused(`${encode({ alg, kid: "key-1" })}.${payload}.${signature}`, alg);
  }
  // Signed with PSS by the very key that is published for RS256.
  const jwk = { ...(await crypto.subtle.exportKey("jwk", provider.privateKey)), alg: "PS256" };
  const pss = await importJWK(jwk, "PS256");
  await refused(await new SignJWT(good).setProtectedHeader({ alg: "PS256", kid: "key-1" }).sign(pss));
});

test("a key that the token brings, or points to, is not looked at", async () => {
  const [own] = other.keySet.keys;
  for (const header of [
    { jwk: own },
    { jku: "http://127.0.0.1:9/keys" },
    { x5u: "http://127.0.0.1:9/cert" },
    { x5c: ["AAAA"] },
    { kid: "../../../../dev/null" },
    { kid: "key-1' or '1'='1" },
    { kid: "" },
    { kid: "__proto__" },
    { kid: undefined, jwk: own },
    { kid: ["key-1"] },
    { kid: { $ne: null } },
  ])
    await refused(await other.token({ tenant_id: tenantId }, header), JSON.stringify(header));
  await refused(await other.token({ tenant_id: tenantId }), "another key of the same id");
});

test("a time that is over, not yet there, missing or no number is refused", async () => {
  const late = [
    { exp: now - 60 },
    { exp: undefined },
    { exp: String(now + 600) },
    { exp: null },
    { exp: 0 },
    { exp: -1 },
    { exp: [now + 600] },
  ];
  for (const claims of [...late, { nbf: now + 600 }, { nbf: "soon" }, { iat: "x" }])
    await refused(await provider.token({ tenant_id: tenantId, ...claims }), JSON.stringify(claims));
  for (const exp of ["NaN", "Infinity", "1e999x", "-1e999", '{"valueOf":9e9}'])
    await refused(await sign(JSON.stringify(good).replace(/"exp":\d+/, `"exp":${exp}`)), exp);
  // Clocks differ.
  assert.equal(
    (await ask(await provider.token({ tenant_id: tenantId, exp: now - 20, nbf: now + 20 }))).tenantId,
    tenantId,
  );
});

test("another issuer or audience is refused, also one that only begins the same", async () => {
  const wrong = [
    { iss: "https://provider.example" },
    { iss: `${issuer}x` },
    { iss: undefined },
    { iss: [issuer] },
    { iss: null },
    { aud: "retainwise-test" },
    { aud: "RetainWise" },
    { aud: undefined },
    { aud: [] },
    { aud: ["other"] },
    { aud: { retainwise: true } },
    { aud: [[audience]] },
  ];
  for (const claims of wrong)
    await refused(await provider.token({ tenant_id: tenantId, ...claims }), JSON.stringify(claims));
  assert.equal((await ask(await provider.token({ tenant_id: tenantId, aud: ["x", audience] }))).tenantId, tenantId);
});

test("a tenant that is missing, or no id, is refused", async () => {
  const wrong = [
    undefined,
    null,
    "",
    "x",
    1,
    true,
    {},
    [tenantId],
    `${tenantId} `,
    `${tenantId}\n`,
    `{${tenantId}}`,
    tenantId.replaceAll("-", ""),
    `${tenantId}'--`,
  ];
  for (const tenant_id of wrong)
    await refused(await provider.token({ tenant_id, tenant: tenantId }), JSON.stringify(tenant_id));
  for (const tenantClaim of ["__proto__", "constructor", "toString"])
    await assert.rejects(
      identifyByJwt({ ...options, tenantClaim })(
        new Request("http://127.0.0.1/", { headers: { authorization: `Bearer ${await provider.token()}` } }),
      ),
      { code: "unauthenticated" },
    );
});

test("a token for another purpose, with an unknown demand, or encrypted, is refused", async () => {
  for (const typ of [
    "logout+jwt",
    "secevent+jwt",
    "dpop+jwt",
    "JWE",
    "id",
    "application/logout+jwt",
    5,
    null,
    ["JWT"],
    {},
  ])
    await refused(await sign(JSON.stringify(good), { typ }), JSON.stringify(typ));
  const [, payload, signature] = (await provider.token({ tenant_id: tenantId })).split(".");
  for (const more of [
    { crit: ["exp"] },
    { crit: [] },
    { crit: "x" },
    { b64: false, crit: ["b64"] },
    { crit: ["b64"] },
    { crit: ["https://x"], "https://x": 1 },
  ])
    await refused(`${encode({ alg: "RS256", kid: "key-1", ...more })}.${payload}.${signature}`, JSON.stringify(more));
  const unencoded = await new CompactSign(new TextEncoder().encode("x"))
    .setProtectedHeader({ alg: "RS256", kid: "key-1", b64: false, crit: ["b64"] })
    .sign(provider.privateKey)
    .catch(() => "a.b.c");
  await refused(unencoded);
  const { publicKey } = await generateKeyPair("RSA-OAEP-256");
  const jwe = new CompactEncrypt(new TextEncoder().encode(JSON.stringify(good)));
  await refused(await jwe.setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM" }).encrypt(publicKey));
});

test("a signature of nothing, cut off, changed or of other bytes is refused, and never an outage", async () => {
  const token = await curve.token({ tenant_id: tenantId });
  const [header = "", payload = "", signature = ""] = token.split(".");
  const zeros = Buffer.alloc(64).toString("base64url");
  const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  const signatures = [
    zeros,
    Buffer.from(order + order, "hex").toString("base64url"),
    Buffer.from("3006020100020100", "hex").toString("base64url"),
    ...Array.from({ length: signature.length }, (_, length) => signature.slice(0, length)),
    `${signature}AA`,
    `${signature}=`,
    `${signature}!`,
    signature.replace(/.$/, (last) => (last === "g" ? "w" : "g")),
    "ü",
    "\u{1f511}",
  ];
  for (const each of signatures) {
    if (/[^\x20-\xff]/.test(each)) continue;
    await refused(`${header}.${payload}.${each}`, each);
  }
  const changed = encode({ ...good, tenant_id: randomUUID() });
  await refused(`${header}.${changed}.${signature}`);
  for (const each of [
    "..",
    ".",
    "...",
    `${token}.`,
    `.${token}`,
    `${header}.${payload}`,
    `${header}..${signature}`,
    "a.b.c",
    `${token}.${token}`,
  ])
    await refused(each, each);
  const rsa = await provider.token({ tenant_id: tenantId });
  for (const cut of [1, 2, 10, 100, 300, 341]) await refused(rsa.slice(0, -cut), `RSA cut by ${cut}`);
});

test("only one form of the header is taken", async () => {
  const token = await provider.token({ tenant_id: tenantId });
  assert.equal((await ask(token, "bearer ")).tenantId, tenantId);
  for (const scheme of ["", "Bearer", "Bearer  ", "Bearer\t", "JWT ", "Basic ", "DPoP "])
    await assert.rejects(ask(token, scheme), { code: "unauthenticated" }, scheme);
  for (const each of [`${token} ${token}`, `${token},${token}`, `${token}, Bearer ${token}`, "é", `${token}%00`])
    await refused(each);
  await refused(await provider.token({ tenant_id: tenantId, much: "x".repeat(9_000) }), "oversize");
});

test("payloads that are not one JSON object are refused; of a claim given twice all readers take the last", async () => {
  for (const payload of ["[]", '"x"', "null", "1", "", "{", "\ufeff{}", `${JSON.stringify(good)}x`, "not json"])
    await refused(await sign(payload), payload);
  const twice = JSON.stringify(good).replace("{", `{"tenant_id":"${randomUUID()}",`);
  assert.equal((await ask(await sign(twice))).tenantId, tenantId);
});

test("a token without a key's id is checked with each key that fits", async () => {
  const [first, second, third] = [
    await createIdentityProvider("RS256", null),
    await createIdentityProvider("RS256", null),
    await createIdentityProvider("RS256", null),
  ];
  const keys = createLocalJWKSet({ keys: [...first.keySet.keys, ...second.keySet.keys] });
  const identifyByTwo = identifyByJwt({ ...options, keys });
  const tell = async (token: string) =>
    identifyByTwo(new Request("http://127.0.0.1/", { headers: { authorization: `Bearer ${token}` } }));
  assert.equal((await tell(await first.token({ tenant_id: tenantId }))).tenantId, tenantId);
  assert.equal((await tell(await second.token({ tenant_id: tenantId }))).tenantId, tenantId);
  await assert.rejects(tell(await third.token({ tenant_id: tenantId })), { code: "unauthenticated" });
  await assert.rejects(tell(await second.token({ tenant_id: tenantId, exp: now - 60 })), { code: "unauthenticated" });
});

test("a shared secret is refused even where the provider's keys would hold one: the list of algorithms alone forbids it", async () => {
  const secret = new TextEncoder().encode("a secret that both would have to know");
  const loose = identifyByJwt({ ...options, keys: async () => secret });
  const token = await new SignJWT(good).setProtectedHeader({ alg: "HS256" }).sign(secret);
  const request = new Request("http://127.0.0.1/", { headers: { authorization: `Bearer ${token}` } });
  await assert.rejects(loose(request), { code: "unauthenticated" });
});
