import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "../../src/store/database.ts";
import { attachEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";
import { after, test } from "../slow-test.ts";
import { temporaryFolder } from "./cli.ts";
import { startService, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));

async function open(home: string) {
  const address = await attachEmbeddedPostgres(home);
  assert.ok(address !== null);
  return createDatabase(address, { connections: 2 });
}

test("killed between storing an object and recording its upload, the service leaves nothing once the note's time is over", async () => {
  const home = join(folder.path, "home");
  const objects = (): string[] =>
    readdirSync(join(home, "files"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  const first = await startService(home);
  let database = await open(home);
  // Reading goes on, recording waits: the moment between the two is held open.
  const released = Promise.withResolvers<void>();
  const held = database
    .transaction(async (sql) => {
      await sql`lock table uploads in exclusive mode`;
      await released.promise;
    })
    .catch(() => undefined);
  await sleep(300);
  const asked = upload(first, sample).then(
    () => assert.fail("the upload was answered"),
    () => undefined,
  );
  while (objects().length === 0) await sleep(20);
  await sleep(300);
  await first.kill(true);
  await asked;
  released.resolve();
  await held;
  await database.stop();
  assert.equal(objects().length, 1);

  const second = await startService(home);
  database = await open(home);
  const count = async (): Promise<{ notes: number; uploads: number }> => {
    const [row] = await database.transaction(
      (sql) => sql<{ notes: number; uploads: number }[]>`
        select (select count(*) from object_intents) as notes, (select count(*) from uploads) as uploads`,
    );
    return { ...row! };
  };
  assert.deepEqual(await count(), { notes: 1, uploads: 0 });
  assert.equal(objects().length, 1);
  await database.transaction((sql) => sql`update object_intents set created_at = now() - interval '1 day'`);
  await database.stop();
  assert.equal(await second.stop(), 0);

  const third = await startService(home);
  database = await open(home);
  while ((await count()).notes > 0) await sleep(50);
  assert.deepEqual(objects(), []);
  assert.match(third.output(), /"sweep.done","chore":"orphans","swept":1/);
  await database.stop();
  assert.equal(await third.stop(), 0);
});
