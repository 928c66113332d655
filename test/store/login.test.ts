/** A server as a provider of databases gives it: the owner of our database is no superuser, and the service's login owns nothing. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, it } from "node:test";
import type { Address } from "../../src/store/connection.ts";
import { createConnection } from "../../src/store/connection.ts";
import { createDatabase, type Database } from "../../src/store/database.ts";
import { allowLogin } from "../../src/store/login.ts";
import { migrate } from "../../src/store/migrate.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload, prediction, report } from "./samples.ts";
import { embeddedKind, externalKind, skipReason } from "./servers.ts";

function as(address: Address, user: string): Address {
  if (typeof address !== "string") return { ...address, user, password: user, database: "kept" };
  const url = new URL(address);
  [url.username, url.password, url.pathname] = [user, user, "/kept"];
  return url.href;
}

for (const kind of [embeddedKind, externalKind]) {
  const skip = skipReason(kind);
  // Fresh: no migration of a superuser has made our roles yet.
  const server = skip === false ? await kind.start() : null;
  describe(`the service's login on a provider's server (${kind.name} database)`, { skip }, () => {
    if (server === null) return;
    const opened: Database[] = [];
    /** Number of the last migration. */
    let latest = 0;
    const open = (user: string): Database => {
      const database = createDatabase(as(server.address, user), { connections: 2 });
      opened.push(database);
      return database;
    };
    after(async () => {
      for (const database of opened) await database.stop();
      await server.stop();
    });

    it("an owner that is no superuser makes schema and login, and the service works with a login that owns nothing", async () => {
      const options = { applicationName: "test", connectMilliseconds: 5_000, statementMilliseconds: 30_000 };
      const superuser = createConnection(server.address, options);
      await superuser.run(async (sql) => {
        await sql.unsafe("create role keeper login createrole password 'keeper'");
        await sql.unsafe("create role former login password 'former'");
        await sql.unsafe("create database kept owner keeper");
      }, 30_000);
      superuser.destroy();
      const keeper = open("keeper");
      latest = await migrate(keeper);
      assert.ok(latest >= 5);
      assert.equal(await migrate(keeper), 0);
      // The owner may be the service's login as well: from PostgreSQL 16 on, who makes a role may not take it on by that alone.
      await keeper.tenant(randomUUID()).transaction((sql) => sql`select 1 from uploads`);
      await keeper.system().transaction((sql) => sql`select 1 from outbox`);
      for (const name of ["app", "former", "app"])
        await keeper.transaction((sql) => allowLogin(sql, { name, password: name }));

      const app = open("app");
      assert.equal(await migrate(app), 0);
      const store = createUploadStore({ database: app, messageFor: () => "m" });
      const [tenantId, attemptToken] = [randomUUID(), randomUUID()];
      const { uploadId } = await insertUpload(store, tenantId, newUpload());
      const attempt = { tenantId, uploadId, attemptToken };
      await store.claimUpload(tenantId, uploadId, attemptToken);
      await store.savePredictions(attempt, [prediction(2)], [], 1);
      await store.completeUpload(attempt, { report, rows: { read: 1, scored: 1, rejected: 0 }, summary: {} });
      assert.equal((await store.getPrediction(tenantId, uploadId, 2))?.row, 2);
      assert.equal(await store.relayOutbox(async () => undefined), 1);
      await store.deleteUpload(tenantId, uploadId);
      assert.equal(await store.sweepDeletions(async () => undefined), 1);
    });

    it("the login alone, without one of our roles taken on, may read and change nothing", async () => {
      const app = open("app");
      await insertUpload(createUploadStore({ database: app, messageFor: () => "m" }), randomUUID(), newUpload());
      for (const statement of [
        "select * from uploads",
        "select upload_id from uploads",
        "select * from predictions",
        "select * from api_keys",
        "delete from uploads",
        "insert into tenants (tenant_id, name) values (gen_random_uuid(), 'x')",
        "update migrations set number = 99",
        "create table mine (n integer)",
        "alter table uploads disable row level security",
        "alter table uploads no force row level security",
        "drop policy tenant_rows on uploads",
        "drop table predictions",
        "set role keeper",
        "alter role retainwise_tenant bypassrls",
        "create role another",
        "grant retainwise_system to retainwise_tenant",
      ])
        await assert.rejects(
          app.transaction((sql) => sql.unsafe(statement)),
          forbidden,
          statement,
        );
      const [owned] = await app.transaction(
        (sql) => sql<{ owned: number }[]>`
          select count(*) as owned
          from pg_class
          where relowner = session_user::regrole`,
      );
      assert.equal(owned?.owned, 0);
    });

    it("a login that was there before gets no more than one that we made, where the server can say so", async () => {
      const former = open("former");
      const [version] = await former.transaction(
        (sql) => sql<{ number: number }[]>`select current_setting('server_version_num')::integer as number`,
      );
      const look = former.transaction((sql) => sql`select upload_id from uploads`);
      if ((version?.number ?? 0) >= 160_000) await assert.rejects(look, forbidden);
      else await look;
      assert.deepEqual([...(await former.tenant(randomUUID()).transaction((sql) => sql`select 1 from uploads`))], []);
    });

    it("says which command to run when the schema is behind, and that the program is old when it is ahead", async () => {
      const [keeper, app] = [open("keeper"), open("app")];
      await keeper.transaction((sql) => sql`update migrations set number = number + 1 where number = ${latest}`);
      await assert.rejects(migrate(app), {
        code: "config_invalid",
        message: new RegExp(`schema version ${latest + 1}, this program knows only ${latest}`),
      });
      await keeper.transaction((sql) => sql`delete from migrations where number = ${latest + 1}`);
      await assert.rejects(migrate(app), {
        code: "config_invalid",
        message: /bun src\/cli\.ts migrate.*RETAINWISE_DATABASE_OWNER_URL/,
      });
      await keeper.transaction((sql) => sql`insert into migrations (number, name) values (${latest}, 'again')`);
      assert.equal(await migrate(app), 0);
    });
  });
}

/** SQLSTATE insufficient_privilege, or the owner of a role that may not be changed. */
function forbidden(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && cause.code === "42501";
}
