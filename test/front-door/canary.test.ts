/** The canary in a real service: well, with wrong answers, without a worker, without a queue. About 25 s. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, type Database } from "../../src/store/database.ts";
import { attachEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, freePort, skipReason } from "../store/servers.ts";
import { run, temporaryFolder } from "./cli.ts";
import { type RunningService, startService } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());

interface Line {
  readonly event: string;
  readonly reason?: string;
  readonly problem?: string;
}

const canaryLines = (service: RunningService): Line[] =>
  service
    .output()
    .split("\n")
    .filter((line) => line.includes('"event":"canary.'))
    .map((line) => JSON.parse(line));

/** The first line of the canary after `seen` of them. */
async function next(service: RunningService, seen: number): Promise<Line> {
  for (let tries = 0; ; tries++) {
    const line = canaryLines(service)[seen];
    if (line !== undefined) return line;
    assert.ok(tries < 1_200, service.output());
    await sleep(50);
  }
}

/** Rows of every table that an upload leaves its traces in; tombstones go with the sweep, which a deletion wakes. */
async function nothingLeft(database: Database): Promise<void> {
  for (let tries = 0; ; tries++) {
    const [row] = await database.transaction(
      (sql) => sql<{ left: number }[]>`
        select (select count(*) from uploads) + (select count(*) from predictions) + (select count(*) from rejections)
          + (select count(*) from outbox) + (select count(*) from object_intents) as left`,
    );
    if (row!.left === 0) return;
    assert.ok(tries < 200, `${row!.left} rows are left`);
    await sleep(50);
  }
}

test("with keys on it needs none, is well, leaves nothing, and tells the moment that answers are wrong", async () => {
  const home = join(folder.path, "home");
  const environment = { RETAINWISE_AUTH: "keys", RETAINWISE_CANARY_SECONDS: "5" };
  const service = await startService(home, environment);
  const database = createDatabase((await attachEmbeddedPostgres(home))!, { connections: 2 });
  try {
    assert.equal((await next(service, 0)).event, "canary.ok");
    await nothingLeft(database);
    const files = readdirSync(join(home, "files"), { recursive: true, withFileTypes: true });
    assert.deepEqual(
      files.filter((entry) => entry.isFile()),
      [],
    );
    const seen = async (): Promise<{ at: string; reason: string | null } | null> => {
      const key = await run(["key", "create"], { environment: { ...environment, RETAINWISE_HOME: home } });
      const headers = { authorization: `Bearer ${key.stdout.trim()}` };
      const view = await (await fetch(`${service.url}/v1/health/pipeline`, { headers })).json();
      return (view as { canary: { at: string; reason: string | null } | null }).canary;
    };
    const first = await seen();
    assert.equal(first?.reason, null);
    assert.ok(Math.abs(Date.now() - Date.parse(first?.at ?? "")) < 60_000);
    // Nobody's account shows it.
    const key = (
      await run(["key", "create"], { environment: { ...environment, RETAINWISE_HOME: home } })
    ).stdout.trim();
    const listed = await fetch(`${service.url}/v1/uploads`, { headers: { authorization: `Bearer ${key}` } });
    assert.deepEqual(((await listed.json()) as { data: unknown[] }).data, []);

    // A model that answers a hundredth too high, as far as anybody outside can tell.
    await database.transaction((sql) =>
      sql.unsafe(`
        create function tamper() returns trigger language plpgsql as
          $$ begin new.probability := least(1, new.probability + 0.01); return new; end $$;
        create trigger tamper before insert on predictions for each row execute function tamper()`),
    );
    const failed = await next(service, 1);
    assert.deepEqual([failed.event, failed.reason], ["canary.failed", "mismatch"]);
    const told = await run(["status"], { environment: { ...environment, RETAINWISE_HOME: home } });
    assert.match(told.stdout, /^canary +failed \(mismatch\) at 20\S+Z, after [\d.]+ s$/m);
    assert.match(told.stdout, /^uploads +0 accepted/m);
    assert.match(failed.problem ?? "", /^row 2: probability is 0\.\d+, expected 0\.\d+\.$/);
    await database.transaction((sql) => sql.unsafe("drop trigger tamper on predictions"));
    for (let seen = 2; (await next(service, seen)).event !== "canary.ok"; seen++) assert.ok(seen < 5, service.output());
    await nothingLeft(database);
  } finally {
    await database.stop();
    assert.equal(await service.stop(), 0, service.output());
  }
});

test("a queue out of reach and a worker that is not there are failures, and nothing stays behind", {
  skip: skipReason(externalKind),
}, async () => {
  const server = await externalKind.start();
  const database = createDatabase(server.address, { connections: 2 });
  const environment = {
    RETAINWISE_DATABASE_URL: String(server.address),
    RETAINWISE_STORAGE: `file:${join(folder.path, "files")}`,
    RETAINWISE_CANARY_SECONDS: "3",
  };
  try {
    const cut = await startService(
      join(folder.path, "cut"),
      {
        ...environment,
        RETAINWISE_QUEUE: `http://127.0.0.1:${await freePort()}/queue`,
        ...{ AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
      },
      "api",
    );
    const unsent = await next(cut, 0);
    assert.deepEqual([unsent.event, unsent.reason], ["canary.failed", "timeout"]);
    assert.equal(await cut.stop(), 0, cut.output());
    await database.transaction((sql) => sql`delete from messages`);

    const api = await startService(join(folder.path, "api"), environment, "api");
    const { event, reason, problem } = await next(api, 0);
    assert.deepEqual([event, reason], ["canary.failed", "timeout"]);
    assert.equal(problem, "After 3 s the upload was pending.");
    const worker = await startService(join(folder.path, "worker"), environment, "worker");
    for (let seen = 1; (await next(api, seen)).event !== "canary.ok"; seen++) assert.ok(seen < 8, api.output());
    await nothingLeft(database);
    assert.deepEqual(await Promise.all([api.stop(), worker.stop()]), [0, 0]);
  } finally {
    await database.stop();
    await server.stop();
  }
});
