import assert from "node:assert/strict";
import { after, test } from "../slow-test.ts";
import { personWith, startWithIdentity } from "./running.ts";

const running = await startWithIdentity({ RETAINWISE_JWT_KEYS: "http://127.0.0.1:1/keys" });
after(() => running.stop());
const { url, owner, provider } = running;

test("while the provider is down tokens are answered 503 with its own code, and keys go on working", async () => {
  const token = await provider.token({ tenant_id: owner.tenantId });
  for (let i = 0; i < 3; i++) {
    const answer = await personWith(url, owner.tenantId, token).call("/v1/uploads");
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.ok(Number(answer.headers.get("retry-after")) >= 1);
    const problem = (await answer.json()) as { code: string; remedy: string };
    assert.equal(problem.code, "identity_unavailable");
    assert.match(problem.remedy, /RETAINWISE_JWT_KEYS/);
  }
  // What cannot be good whatever the keys are is refused all the same.
  for (const bad of ["a.b.c", `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`])
    assert.equal((await personWith(url, owner.tenantId, bad).call("/v1/uploads")).status, 401);
  assert.equal((await owner.call("/v1/uploads")).status, 200);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
});
