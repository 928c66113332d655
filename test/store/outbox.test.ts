import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "../../src/store/database.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import { createUploadStore, type UploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload } from "./samples.ts";
import { describeOnServers } from "./servers.ts";

const tenantId = firstTenant;

await describeOnServers("the outbox", (running) => {
  const store: UploadStore = createUploadStore({ database: running.database, messageFor: (_, uploadId) => uploadId });
  beforeEach(async () => {
    while ((await store.relayOutbox(async () => undefined)) > 0);
  });

  const insert = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push((await insertUpload(store, tenantId, newUpload())).uploadId);
    return ids;
  };

  it("sends in the order of insertion and forgets what was sent", async () => {
    const ids = await insert(3);
    const sent: string[] = [];
    assert.equal(await store.relayOutbox(async (body) => void sent.push(body)), 3);
    assert.deepEqual(sent, ids);
    assert.equal(await store.relayOutbox(async (body) => void sent.push(body)), 0);
  });

  it("keeps what could not be sent, counts what was, and throws the queue's error", async () => {
    const ids = await insert(3);
    const down = new Error("the queue is down");
    const sent: string[] = [];
    const failing = async (body: string): Promise<void> => {
      if (body === ids[1]) throw down;
      sent.push(body);
    };
    await assert.rejects(store.relayOutbox(failing), (error) => error === down);
    assert.deepEqual(sent, [ids[0]]);
    await store.relayOutbox(async (body) => void sent.push(body));
    assert.deepEqual(sent, ids);
  });

  it("sends each body once with relays side by side", async () => {
    const ids = await insert(40);
    const sent: string[] = [];
    const relay = async (): Promise<void> => {
      const send = async (body: string): Promise<void> => {
        sent.push(body);
        await sleep(1);
      };
      while ((await store.relayOutbox(send)) > 0);
    };
    await Promise.all([relay(), relay(), relay()]);
    assert.deepEqual([...sent].sort(), [...ids].sort());
  });

  it("sends again, and loses nothing, when the relay dies between sending and forgetting", async () => {
    const [id] = await insert(1);
    const doomed = createDatabase(running.server.address, { queryMilliseconds: 300 });
    const relay = createUploadStore({ database: doomed, messageFor: () => "" });
    const sent: string[] = [];
    const hanging = async (body: string): Promise<void> => {
      sent.push(body);
      await sleep(600);
    };
    await assert.rejects(relay.relayOutbox(hanging), { code: "database_unavailable" });
    for (let i = 0; i < 100 && sent.length < 2; i++) {
      await store.relayOutbox(async (body) => void sent.push(body));
      await sleep(20);
    }
    assert.deepEqual(sent, [id, id]);
    await doomed.stop();
  });
});
