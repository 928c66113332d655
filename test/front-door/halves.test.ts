import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { run, temporaryFolder } from "./cli.ts";
import { allPredictions, settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));

test("an api and a worker in processes of their own share a database, and each stops by itself", {
  skip: skipReason(externalKind),
}, async () => {
  const server = await externalKind.start();
  try {
    const environment = {
      RETAINWISE_DATABASE_URL: String(server.address),
      RETAINWISE_STORAGE: `file:${join(folder.path, "files")}`,
    };
    const [api, worker] = await Promise.all([
      startService(join(folder.path, "api"), environment, "api"),
      startService(join(folder.path, "worker"), environment, "worker"),
    ]);
    const id = ((await (await upload(api, sample)).json()) as { upload_id: string }).upload_id;
    assert.equal((await settled(api, id)).status, "completed");
    assert.equal((await allPredictions(api, id)).length, 315);
    assert.equal(await worker.stop(), 0, worker.output());
    // Without a worker the next upload waits, and a new worker takes it.
    const waiting = ((await (await upload(api, sample)).json()) as { upload_id: string }).upload_id;
    const again = await startService(join(folder.path, "worker"), environment, "worker");
    assert.equal((await settled(api, waiting)).rows.scored, 315);
    assert.equal(await again.stop(), 0);
    assert.equal(await api.stop(), 0);
  } finally {
    await server.stop();
  }
});

test("one half alone says that it needs a database both can reach", async () => {
  for (const role of ["api", "worker"]) {
    const { code, stderr } = await run([role], { environment: { RETAINWISE_HOME: join(folder.path, "none") } });
    assert.equal(code, 1);
    assert.match(stderr, /config_invalid[\s\S]*RETAINWISE_DATABASE_URL/);
  }
});
