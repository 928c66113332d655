import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startEcsAgent } from "../aws/ecs-agent.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { temporaryFolder } from "./cli.ts";
import { settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));

test("on ECS a worker asks for protection when it takes a file and gives it back when it stops; without an agent the file is done all the same", {
  skip: skipReason(externalKind),
}, async () => {
  const [server, agent] = await Promise.all([externalKind.start(), startEcsAgent()]);
  try {
    const environment = {
      RETAINWISE_DATABASE_URL: String(server.address),
      RETAINWISE_STORAGE: `file:${join(folder.path, "files")}`,
      ECS_AGENT_URI: agent.uri,
    };
    const api = await startService(join(folder.path, "api"), environment, "api");
    const worker = await startService(join(folder.path, "worker"), environment, "worker");
    const uploaded = async () => ((await (await upload(api, sample)).json()) as { upload_id: string }).upload_id;
    assert.equal(agent.wishes.length, 0);
    assert.equal((await settled(api, await uploaded())).status, "completed");
    assert.deepEqual(agent.wishes, [{ ProtectionEnabled: true, ExpiresInMinutes: 10 }]);
    assert.equal(await worker.stop(), 0, worker.output());
    assert.deepEqual(agent.wishes.slice(1), [{ ProtectionEnabled: false }]);

    agent.mood = "hangs";
    const again = await startService(join(folder.path, "worker"), environment, "worker");
    assert.equal((await settled(api, await uploaded())).status, "completed");
    assert.equal(await again.stop(), 0, again.output());
    assert.match(again.output(), /"task_protection.failed"/);
    assert.equal(await api.stop(), 0);
  } finally {
    await Promise.all([server.stop(), agent.stop()]);
  }
});
