import assert from "node:assert/strict";
import { test } from "node:test";
import { createInnerDoor } from "../../src/canary/inner-door.ts";

const inner = "00000000-0000-0000-0000-0000000000ca";
const ask = (headers: Record<string, string> = {}) => new Request("http://localhost/v1/uploads", { headers });

test("a request of our own needs no credential, its copy and every other does", async () => {
  const door = createInnerDoor(async () => ({ tenantId: "outer", by: "key:1", user: "somebody" }), inner);
  const own = door.admit(ask());
  assert.deepEqual(await door.identify(own), { tenantId: inner, by: "canary", user: "canary" });
  assert.equal((await door.identify(own.clone())).tenantId, "outer");
  assert.equal((await door.identify(ask())).tenantId, "outer");
});

test("a credential that names the inner tenant is refused", async () => {
  const door = createInnerDoor(async () => ({ tenantId: inner, by: "jwt", user: "somebody" }), inner);
  await assert.rejects(door.identify(ask({ authorization: "Bearer a.b.c" })), { code: "unauthenticated" });
});
