import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createDatabase } from "../../src/store/database.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { run, temporaryFolder } from "./cli.ts";
import { startService } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url), "utf8");

test("the owner migrates by a command; the service runs with a login that owns nothing", {
  skip: skipReason(externalKind),
}, async () => {
  const server = await externalKind.start();
  const owner = createDatabase(server.address);
  try {
    const ownerUrl = String(server.address);
    const url = new URL(ownerUrl);
    [url.username, url.password] = ["retainwise_app", encodeURIComponent("p w'%\\@/")];
    const app = {
      RETAINWISE_HOME: join(folder.path, "home"),
      RETAINWISE_DATABASE_URL: url.href,
      RETAINWISE_STORAGE: `file:${join(folder.path, "files")}`,
      RETAINWISE_AUTH: "keys",
      RETAINWISE_KEY_SECRET: "k".repeat(40),
    };
    const early = await run(["serve"], { environment: { ...app, PORT: "0" } });
    assert.equal(early.code, 1);
    assert.match(early.stderr, /database_unavailable/);

    const both = { ...app, RETAINWISE_DATABASE_OWNER_URL: ownerUrl };
    const migrated = await run(["migrate"], { environment: both });
    assert.equal(migrated.code, 0);
    assert.match(migrated.stderr, /^[1-9]\d* migrations applied\n$/);
    const again = await run(["migrate"], { environment: both });
    assert.deepEqual([again.code, again.stderr], [0, "The schema is up to date\n"]);
    const [login] = await owner.transaction(
      (sql) => sql<{ facts: string }[]>`
        select concat_ws(' ', rolcanlogin, rolinherit, rolsuper, rolcreaterole, rolbypassrls,
          (select count(*) from pg_class where relowner = pg_roles.oid)) as facts
        from pg_roles
        where rolname = 'retainwise_app'`,
    );
    assert.equal(login?.facts, "t f f f f 0");

    const service = await startService(app.RETAINWISE_HOME, app);
    try {
      const made = await run(["key", "create"], { environment: app });
      assert.equal(made.code, 0, made.stderr);
      const headers = { authorization: `Bearer ${made.stdout.trim()}`, "content-type": "text/csv" };
      const accepted = await fetch(`${service.url}/v1/uploads`, { method: "POST", body: sample, headers });
      assert.equal(accepted.status, 202);
      const { links } = (await accepted.json()) as { links: { self: string } };
      let status = "";
      while (!["completed", "failed"].includes(status)) {
        status = ((await (await fetch(service.url + links.self, { headers })).json()) as { status: string }).status;
      }
      assert.equal(status, "completed");
      const page = await fetch(`${service.url}${links.self}/predictions?limit=1000`, { headers });
      assert.equal(((await page.json()) as { data: unknown[] }).data.length, 315);
      assert.equal((await fetch(service.url + links.self, { method: "DELETE", headers })).status, 204);
      // A key of another secret is not known.
      const other = await run(["key", "create"], { environment: { ...app, RETAINWISE_KEY_SECRET: "o".repeat(40) } });
      const foreign = { authorization: `Bearer ${other.stdout.trim()}` };
      assert.equal((await fetch(`${service.url}/v1/uploads`, { headers: foreign })).status, 401);
    } finally {
      assert.equal(await service.stop(), 0, service.output());
    }

    await owner.transaction((sql) => sql`delete from migrations where number = (select max(number) from migrations)`);
    const behind = await run(["serve"], { environment: { ...app, PORT: "0" } });
    assert.equal(behind.code, 1);
    assert.match(behind.stderr, /config_invalid[\s\S]*bun src\/cli\.ts migrate[\s\S]*RETAINWISE_DATABASE_OWNER_URL/);
    await owner.transaction((sql) => sql`insert into migrations (number, name) values (1000, 'later')`);
    const ahead = await run(["serve"], { environment: { ...app, PORT: "0" } });
    assert.match(ahead.stderr, /schema version 1000, this program knows only \d/);
  } finally {
    await owner.stop();
    await server.stop();
  }
});

test("the embedded database needs no command to migrate, and says so", async () => {
  const { code, stderr } = await run(["migrate"], { environment: { RETAINWISE_HOME: join(folder.path, "none") } });
  assert.equal(code, 1);
  assert.match(stderr, /the embedded database migrates by itself/);
});
