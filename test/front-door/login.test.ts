/** A database whose owner migrates and whose service owns nothing. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createDatabase } from "../../src/store/database.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { run, temporaryFolder } from "./cli.ts";
import { settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));

test("the owner's migrate makes the service's login, which owns nothing and serves; before it the service says what to run", {
  skip: skipReason(externalKind),
}, async () => {
  const server = await externalKind.start();
  const ownerUrl = String(server.address);
  const owner = createDatabase(ownerUrl);
  try {
    // As a managed database is handed over: an owner without superpowers, and a login that may do nothing.
    await owner.transaction(async (sql) => {
      await sql.unsafe("create role keeper login createrole");
      await sql.unsafe("create role service login");
      await sql.unsafe("grant all on database postgres to keeper");
      await sql.unsafe("alter schema public owner to keeper");
    });
    const as = (name: string) => ownerUrl.replace("tester@", `${name}@`);
    const environment = { RETAINWISE_DATABASE_URL: as("service"), RETAINWISE_HOME: join(folder.path, "home") };
    const early = await run(["worker"], { environment });
    assert.equal(early.code, 1);
    assert.match(early.stderr, /config_invalid[\s\S]*bun src\/cli\.ts migrate[\s\S]*RETAINWISE_DATABASE_OWNER_URL/);

    const migrate = () =>
      run(["migrate"], { environment: { ...environment, RETAINWISE_DATABASE_OWNER_URL: as("keeper") } });
    const first = await migrate();
    assert.deepEqual([first.code, /\d migrations applied/.test(first.stderr)], [0, true], first.stderr);
    assert.match((await migrate()).stderr, /up to date/);

    const service = await startService(join(folder.path, "home"), environment);
    try {
      const id = ((await (await upload(service, sample)).json()) as { upload_id: string }).upload_id;
      assert.equal((await settled(service, id)).rows.scored, 315);
      assert.equal((await fetch(`${service.url}/v1/uploads/${id}`, { method: "DELETE" })).status, 204);
    } finally {
      assert.equal(await service.stop(), 0, service.output());
    }
    const [facts] = await owner.transaction(
      (sql) => sql`
        select
          (select count(*) from pg_class where relowner = 'service'::regrole) as owned,
          (select rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = 'service') as may_more,
          has_table_privilege('service', 'uploads', 'truncate') as may_truncate`,
    );
    assert.deepEqual({ ...facts }, { owned: 0, may_more: false, may_truncate: false });
  } finally {
    await owner.stop();
    await server.stop();
  }
});
