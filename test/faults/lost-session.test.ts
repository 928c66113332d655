import assert from "node:assert/strict";
import { createDatabase } from "../../src/store/database.ts";
import { test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { startFaultProxy } from "./proxy.ts";

test("a session that the network loses in the middle of a transaction holds its locks no longer than our deadline, and unused connections lost with it cost nobody a second one", {
  skip: skipReason(externalKind),
}, async () => {
  const server = await externalKind.start();
  const address = String(server.address);
  const { port } = new URL(address);
  const proxy = await startFaultProxy({ host: "127.0.0.1", port: Number(port) });
  const direct = createDatabase(address);
  const lost = createDatabase(address.replace(`:${port}/`, `:${proxy.port}/`), { queryMilliseconds: 1_000 });
  try {
    await direct.transaction((sql) => sql`create table things as select 1 as id`);
    // Several connections, all but one unused when the network goes.
    await Promise.all([1, 2, 3].map(() => lost.transaction((sql) => sql`select pg_sleep(0.2)`)));
    const interrupted = lost.transaction(async (sql) => {
      await sql`update things set id = 2`;
      await proxy.set("lose");
      await sql`update things set id = 3`;
    });
    await assert.rejects(interrupted, { code: "database_unavailable" });
    await proxy.set("pass");
    const startedAt = performance.now();
    await lost.check();
    assert.ok(performance.now() - startedAt < 900, "the next statement has a connection that works");
    await direct.transaction(
      async (sql) => {
        await sql`set local lock_timeout = 5000`;
        await sql`update things set id = 4`;
      },
      { milliseconds: 8_000 },
    );
    const left = await direct.transaction(
      (sql) => sql`select 1 from pg_stat_activity where state = 'idle in transaction' and pid <> pg_backend_pid()`,
    );
    assert.equal(left.length, 0);
  } finally {
    await lost.stop();
    await proxy.stop();
    await direct.stop();
    await server.stop();
  }
});
