import assert from "node:assert/strict";
import { test } from "node:test";
import { localKeys } from "../../src/identity/local-keys.ts";
import { createIdentityProvider } from "./identity-provider.ts";

const provider = await createIdentityProvider("RS256");

test("a file of keys that is none, empty or secret is refused at the start", async () => {
  const secret = await crypto.subtle.exportKey("jwk", provider.privateKey);
  const bad = [
    "",
    "{}",
    "[]",
    "null",
    '{"keys":{}}',
    '{"keys":[]}',
    '{"keys":[1]}',
    '{"keys":[{"kty":"RSA"}]}',
    "-----BEGIN PUBLIC KEY-----",
  ];
  const more = [
    { keys: [secret] },
    { keys: [{ kty: "oct", k: "AAAA" }] },
    { keys: [{ kty: "RSA", e: "AQAB", n: Buffer.alloc(128, 255).toString("base64url") }] },
  ];
  for (const text of [...bad, ...more.map((each) => JSON.stringify(each))])
    await assert.rejects(localKeys(text), { code: "config_invalid", message: /RETAINWISE_JWT_KEYS/ }, text);
  await localKeys(JSON.stringify(provider.keySet));
});
