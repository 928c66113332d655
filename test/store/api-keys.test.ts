import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { findApiKey, insertApiKey, listApiKeys, revokeApiKey } from "../../src/store/api-keys.ts";
import { insertTenant, listTenants } from "../../src/store/tenants.ts";
import { describeOnServers, patient } from "./servers.ts";

await describeOnServers("API keys as they are kept", ({ database }) => {
  it("a key is found while it is in use: not revoked, not expired, of a tenant that there is", patient, async () => {
    const system = database.system();
    const tenantId = randomUUID();
    const key = { keyId: `rw_${randomUUID().slice(0, 16)}`, tenantId, name: "n", digest: "ab", expiresAt: null };
    await assert.rejects(insertApiKey(system, key), { code: "tenant_not_found" });
    await insertTenant(system, { tenantId, name: "T" });
    assert.ok((await listTenants(system)).some((tenant) => tenant.tenantId === tenantId && tenant.name === "T"));
    await insertApiKey(system, key);
    assert.deepEqual(await findApiKey(system, key.keyId), { tenantId, digest: "ab" });
    await insertApiKey(system, { ...key, keyId: "rw_old", expiresAt: new Date(Date.now() - 1_000) });
    await insertApiKey(system, { ...key, keyId: "rw_new", expiresAt: new Date(Date.now() + 60_000) });
    assert.equal(await findApiKey(system, "rw_old"), null);
    assert.notEqual(await findApiKey(system, "rw_new"), null);
    assert.equal(await revokeApiKey(system, key.keyId), true);
    assert.equal(await revokeApiKey(system, key.keyId), false);
    assert.equal(await findApiKey(system, key.keyId), null);
    assert.equal((await listApiKeys(system)).filter((each) => each.tenantId === tenantId).length, 3);
  });
});
