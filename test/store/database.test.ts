import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import type { RetainWiseError } from "../../src/errors.ts";
import { createConnection } from "../../src/store/connection.ts";
import { createDatabase, type DatabaseOptions } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import { type Freezer, startFreezer } from "./freezer.ts";
import { describeOnServers, patient } from "./servers.ts";

await describeOnServers("the client", (running) => {
  const { server } = running;

  const open = (options: DatabaseOptions = {}) => createDatabase(server.address, options);

  it(
    "gives numbers, dates and JSON as JavaScript has them, and refuses a bigint that is too large",
    patient,
    async () => {
      const database = open();
      const rows = await database.transaction(
        (sql) => sql`
          select
            9007199254740991::bigint as big,
            date '2026-02-28' as day,
            timestamptz '2026-02-28 12:00:00.5+02' as moment,
            '{1.5,NULL,NaN,-Infinity,5e-324}'::float8[] as floats,
            '{}'::float8[] as none,
            '{"b":1,"a":"\\u0000"}'::json as json`,
      );
      assert.deepEqual(
        { ...rows[0] },
        {
          big: 9007199254740991,
          day: "2026-02-28",
          moment: new Date("2026-02-28T10:00:00.500Z"),
          floats: [1.5, null, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324],
          none: [],
          json: { b: 1, a: "\0" },
        },
      );
      await assert.rejects(database.transaction((sql) => sql`select 9007199254740993::bigint`));
      await database.check();
      await database.stop();
    },
  );

  it("rolls back what throws, and throws it on", patient, async () => {
    const database = open();
    await database.transaction((sql) => sql`create table rolled (n integer)`);
    const own = new Error("mine");
    const failing = database.transaction(async (sql) => {
      await sql`insert into rolled values (1)`;
      throw own;
    });
    await assert.rejects(failing, (error) => error === own);
    const rows = await database.transaction((sql) => sql`select count(*) as n from rolled`);
    assert.equal(rows[0]?.n, 0);
    const careless = database.transaction(async (sql) => {
      await sql`insert into rolled values (1)`;
      await sql`select nothing`.catch(() => undefined);
    });
    await assert.rejects(careless, { code: "internal" });
    assert.equal((await database.transaction((sql) => sql`select count(*) as n from rolled`))[0]?.n, 0);
    await database.stop();
  });

  it("tells our mistakes from outages", patient, async () => {
    const database = open();
    await assert.rejects(
      database.transaction((sql) => sql`select nothing`),
      { code: "internal" },
    );
    const cut = database.transaction((sql) => sql`select pg_terminate_backend(pg_backend_pid())`);
    await assert.rejects(cut, { code: "database_unavailable" });
    await database.check();
    await database.stop();
    await assert.rejects(database.check(), { code: "database_unavailable" });
  });

  it("ends a statement at the deadline on both sides, and goes on with a new connection", patient, async () => {
    const database = open({ queryMilliseconds: 300, connections: 1 });
    const startedAt = performance.now();
    await assert.rejects(
      database.transaction((sql) => sql`select pg_sleep(20)`),
      { code: "database_unavailable" },
    );
    assert.ok(performance.now() - startedAt < 1_500);
    await database.check();
    await database.stop();
    const watcher = open();
    await assert.doesNotReject(async () => {
      for (let attempts = 0; attempts < 40; attempts++) {
        const left = await watcher.transaction(
          (sql) => sql`
            select 1 from pg_stat_activity where query like '%pg_sleep(20)%' and pid <> pg_backend_pid()`,
        );
        if (left.length === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("the server is still at it");
    });
    await watcher.stop();
  });

  it("shares few connections among many, and lets nobody wait longer than the deadline", patient, async () => {
    const database = open({ queryMilliseconds: 2_000, connections: 2 });
    const tenant = database.tenant(firstTenant);
    const work = Array.from({ length: 50 }, (_, i) => tenant.transaction((sql) => sql`select ${i}::integer as n`));
    assert.deepEqual(
      (await Promise.all(work)).map((rows) => rows[0]?.n),
      Array.from({ length: 50 }, (_, i) => i),
    );
    await database.stop();
    const slow = open({ queryMilliseconds: 400, connections: 1 });
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => slow.transaction((sql) => sql`select pg_sleep(0.3)`)),
    );
    assert.ok(results.some((each) => each.status === "fulfilled"));
    assert.ok(results.some((each) => each.status === "rejected"));
    for (const each of results) {
      if (each.status === "rejected") assert.equal((each.reason as RetainWiseError).code, "database_unavailable");
    }
    await slow.stop();
  });

  it("migrates once, however many start at once, and refuses a database that is newer", patient, async () => {
    // `create database` runs outside of transactions only.
    const maker = createConnection(server.address, {
      applicationName: "test",
      connectMilliseconds: 5_000,
      statementMilliseconds: 30_000,
    });
    await maker.run((sql) => sql.unsafe("create database fresh"), 30_000);
    maker.destroy();
    const fresh =
      typeof server.address === "string"
        ? server.address.replace(/postgres$/, "fresh")
        : { ...server.address, database: "fresh" };
    const databases = Array.from({ length: 4 }, () => createDatabase(fresh));
    const applied = await Promise.all(databases.map((database) => migrate(database)));
    const database = databases[0]!;
    const state = async () => {
      const rows = await database.transaction(
        (sql) => sql`select max(number) as latest, to_regclass('left_over')::text as left_over from migrations`,
      );
      return { ...rows[0] };
    };
    const count = applied.reduce((sum, each) => sum + each, 0);
    assert.ok(count >= 2);
    assert.deepEqual(await state(), { latest: count, left_over: null });

    const numbered = (number: number, sql = "") => ({ number, name: `migration ${number}`, sql });
    const known = Array.from({ length: count }, (_, i) => numbered(i + 1));
    const broken = numbered(count + 1, "create table left_over (n integer); select nothing");
    await assert.rejects(migrate(database, known.slice(0, -1)), { code: "config_invalid" });
    await assert.rejects(migrate(database, [...known, broken]), { code: "internal" });
    assert.deepEqual(await state(), { latest: count, left_over: null });
    await assert.rejects(migrate(database, [broken]), /must have the number 1/);
    await Promise.all(databases.map((each) => each.stop()));
  });

  for (const [when, statement] of [
    ["between statements", "select 1"],
    ["within a statement", "select pg_sleep(0.4)"],
  ] as const) {
    it(`gives up a network that freezes ${when}`, patient, async () => {
      const freezer: Freezer = await startFreezer(server.address);
      const database = createDatabase(freezer.address, { queryMilliseconds: 800, connections: 1 });
      await database.check();
      const inTime = database.transaction((sql) => sql.unsafe(statement));
      if (when === "within a statement") setTimeout(() => freezer.freeze(), 100);
      else {
        await inTime;
        freezer.freeze();
      }
      const startedAt = performance.now();
      const late = when === "within a statement" ? inTime : database.transaction((sql) => sql`select 1`);
      await assert.rejects(late, { code: "database_unavailable" });
      assert.ok(performance.now() - startedAt < 2_000);
      freezer.thaw();
      await database.check();
      await database.stop();
      await freezer.stop();
    });
  }
});

describe("a server that is not one", () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  after(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });
  const behave = async (onConnection: (socket: Socket) => void): Promise<string> => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      onConnection(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return `postgres://u:p@127.0.0.1:${typeof address === "object" ? address?.port : 0}/d`;
  };
  const fails = async (address: string): Promise<void> => {
    const database = createDatabase(address, { queryMilliseconds: 600 });
    const startedAt = performance.now();
    await assert.rejects(database.check(), { code: "database_unavailable" });
    assert.ok(performance.now() - startedAt < 2_000);
    await database.stop();
  };

  it("is given up when it closes during start-up", patient, async () => fails(await behave((socket) => socket.end())));
  it("is given up when it accepts and never answers", patient, async () => fails(await behave(() => undefined)));
  it("is given up when it talks nonsense", patient, async () =>
    fails(await behave((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"))),
  );
  // AuthenticationOk, ReadyForQuery: the first message of the client is its start-up, the second its first statement.
  const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
  for (const [what, atStart] of [
    ["as soon as it is reached", true],
    ["at the beginning of a transaction", false],
  ] as const) {
    it(
      `is reported at once when it resets the connection ${what}, and nothing is rolled back there`,
      patient,
      async () => {
        const address = await behave((socket) => {
          if (atStart) socket.resetAndDestroy();
          let messages = 0;
          socket.on("data", () => (messages++ === 0 ? socket.write(welcome) : socket.resetAndDestroy()));
        });
        const database = createDatabase(address, { queryMilliseconds: 20_000 });
        const startedAt = performance.now();
        for (let i = 0; i < 20; i++) {
          const work = database.tenant(firstTenant).transaction((sql) => sql`select 1`);
          await assert.rejects(work, { code: "database_unavailable" });
        }
        assert.ok(performance.now() - startedAt < 5_000);
        await database.stop();
      },
    );
  }

  it("is reported at once when nobody listens", patient, async () => {
    const address = await behave(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await fails(address);
  });
});
