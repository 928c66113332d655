import assert from "node:assert/strict";
import { after, it } from "node:test";
import { createUploadsAtOnce } from "../../src/api/uploads-at-once.ts";
import { limits } from "../../src/limits.ts";
import { startApi } from "./start-api.ts";

const gate = Promise.withResolvers<void>();
const api = await startApi({ onPiece: () => gate.promise });
after(() => api.stop());

it("counts each tenant's own, and forgets what has ended, well or badly", async () => {
  const take = createUploadsAtOnce(2);
  const held = Promise.withResolvers<void>();
  const both = [take("a", () => held.promise), take("a", () => held.promise)];
  await assert.rejects(
    take("a", async () => undefined),
    { code: "quota_exceeded" },
  );
  assert.equal(await take("b", async () => 1), 1);
  held.resolve();
  await Promise.all(both);
  for (let i = 0; i < 5; i++)
    await assert.rejects(
      take("a", () => Promise.reject(new Error("own"))),
      /own/,
    );
  assert.equal(await take("a", async () => 2), 2);
});

it("takes so many files of a tenant at once and no more; a refused one is not stored, and room comes back", async () => {
  const send = () =>
    api.call("/v1/uploads", { method: "POST", body: "a,b\n1,2\n", headers: { "content-type": "text/csv" } });
  const first = Array.from({ length: limits.tenantUploadsAtOnce }, send);
  while (api.services.storing < limits.tenantUploadsAtOnce) await new Promise((resolve) => setTimeout(resolve, 10));
  const refused = await send();
  assert.equal(refused.status, 429);
  assert.equal(((await refused.json()) as { code: string }).code, "quota_exceeded");
  assert.equal(api.services.storing, limits.tenantUploadsAtOnce);
  gate.resolve();
  for (const answer of await Promise.all(first)) assert.equal(answer.status, 202);
  assert.equal((await send()).status, 202);
  assert.equal(api.services.stored.size, limits.tenantUploadsAtOnce + 1);
});
