import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RetainWiseError } from "../../src/errors.ts";
import { createDatabase } from "../../src/store/database.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";
import { processesWith } from "./owner.ts";
import { patient, temporaryFolder } from "./servers.ts";

describe("embedded PostgreSQL", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    assert.deepEqual(processesWith(folder), [], "a process was left");
    await rm(folder, { recursive: true });
  });

  const settings = async (home: string): Promise<Record<string, unknown>> => {
    const server = await startEmbeddedPostgres({ home });
    const database = createDatabase(server.address);
    try {
      const rows = await database.transaction(
        (sql) => sql`
        select
          current_setting('server_version_num')::integer / 10000 as version,
          current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as commits,
          current_setting('data_checksums') as checksums,
          current_setting('listen_addresses') as addresses,
          current_setting('unix_socket_directories') as socket,
          current_setting('server_encoding') as encoding,
          lower('ÄÖÜ') as lower`,
      );
      return { ...rows[0] };
    } finally {
      await database.stop();
      await server.stop();
    }
  };

  it(
    "starts on a fresh home and again on a used one, durable, private and without a network port",
    patient,
    async () => {
      const home = join(folder, "a", "home");
      for (let start = 0; start < 2; start++) {
        const { socket, ...rest } = await settings(home);
        assert.deepEqual(rest, {
          version: 18,
          fsync: "on",
          commits: "on",
          checksums: "on",
          addresses: "",
          encoding: "UTF8",
          lower: "äöü",
        });
        assert.ok(String(socket).startsWith(home));
      }
      assert.deepEqual((await readdir(home)).sort(), ["postgres", "postgres.log"]);
      assert.equal((await stat(join(home, "postgres"))).mode & 0o077, 0);
      assert.equal((await stat(join(home, "postgres.log"))).mode & 0o077, 0);
    },
  );

  it("asks for the password, also on its private socket", patient, async () => {
    const server = await startEmbeddedPostgres({ home: folder });
    assert.ok(typeof server.address === "object");
    assert.ok(server.address.password.length >= 32);
    const stranger = createDatabase({ ...server.address, password: "wrong" }, { queryMilliseconds: 2_000 });
    await assert.rejects(stranger.check(), { code: "database_unavailable" });
    await stranger.stop();
    await server.stop();
  });

  it("takes a home whose path is too long for a socket", patient, async () => {
    const home = join(folder, "long".repeat(30), "ünï cödé's home");
    const { socket } = await settings(home);
    assert.ok(String(socket).startsWith(tmpdir()));
    await assert.rejects(stat(String(socket)), "its folder is gone");
    assert.deepEqual((await readdir(home)).sort(), ["postgres", "postgres.log"]);
  });

  it("takes a home that others may enter, and one in a folder that only its user may enter", patient, async () => {
    for (const mode of [0o755, 0o700]) {
      await chmod(folder, mode);
      await settings(join(folder, `mode-${mode}`));
    }
  });

  it("keeps what customers give out of its log", patient, async () => {
    const server = await startEmbeddedPostgres({ home: folder });
    const database = createDatabase(server.address);
    await database.transaction((sql) => sql`create table t (id text primary key check (id <> 'secret-checked'))`);
    const insert = (id: string) => database.transaction((sql) => sql`insert into t values (${id})`);
    await insert("secret-double");
    await assert.rejects(insert("secret-double"));
    await assert.rejects(insert("secret-checked"));
    await assert.rejects(database.transaction((sql) => sql`select ${"secret-number"}::text::integer`));
    await database.transaction((sql) => sql.unsafe("do $$ begin raise log 'still writing'; end $$"));
    await database.stop();
    await server.stop();
    const log = await readFile(join(folder, "postgres.log"), "utf8");
    assert.ok(log.includes("still writing"));
    assert.ok(!log.includes("secret"));
  });

  it("keeps one older log when that has grown large", patient, async () => {
    await writeFile(join(folder, "postgres.log"), Buffer.alloc(9_000_000));
    await settings(folder);
    assert.equal((await stat(join(folder, "postgres.log.1"))).size, 9_000_000);
    assert.ok((await stat(join(folder, "postgres.log"))).size < 100_000);
  });

  it("is not misled by a server's file whose process id belongs to something else now", patient, async () => {
    await settings(folder);
    const path = join(folder, "postgres", "postmaster.pid");
    await writeFile(
      path,
      `${process.pid}\n${join(folder, "postgres")}\n1\n5432\n${folder}/socket-gone\n\n 1 1\nready\n`,
    );
    await settings(folder);
  });

  it("says so when the server dies, once", patient, async () => {
    const lost: RetainWiseError[] = [];
    const server = await startEmbeddedPostgres({ home: folder, onLost: (error) => lost.push(error) });
    const pid = Number((await readFile(join(folder, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
    process.kill(pid, "SIGKILL");
    for (let i = 0; i < 100 && lost.length === 0; i++) await sleep(20);
    assert.equal(lost[0]?.code, "database_unavailable");
    await server.stop();
    assert.equal(lost.length, 1);
    for (let i = 0; i < 100 && processesWith(folder).length > 0; i++) await sleep(20);
    await settings(folder);
  });

  it("keeps the home when the server restarts itself after a crash of one of its processes", patient, async () => {
    const lost: RetainWiseError[] = [];
    const server = await startEmbeddedPostgres({ home: folder, onLost: (error) => lost.push(error) });
    const database = createDatabase(server.address);
    const holders = async () =>
      database.transaction((sql) => sql`select pid from pg_locks where locktype = 'advisory' and granted`);
    const before = (await holders())[0]?.pid;
    process.kill(Number(before), "SIGKILL");
    let now: unknown;
    for (let i = 0; i < 250 && (now === undefined || now === before); i++) {
      await sleep(20);
      now = await holders().then(
        (rows) => rows[0]?.pid,
        () => undefined,
      );
    }
    assert.ok(now !== undefined && now !== before);
    assert.deepEqual(lost, []);
    await assert.rejects(startEmbeddedPostgres({ home: folder }), { code: "home_in_use" });
    await database.stop();
    await server.stop();
  });

  it("says what is wrong with a home that cannot be one", patient, async () => {
    await writeFile(join(folder, "file"), "");
    await assert.rejects(startEmbeddedPostgres({ home: join(folder, "file") }), { code: "config_invalid" });
    await assert.rejects(startEmbeddedPostgres({ home: join(folder, "file", "below") }), { code: "config_invalid" });
    await mkdir(join(folder, "broken", "postgres"), { recursive: true });
    await writeFile(join(folder, "broken", "postgres", "PG_VERSION"), "9.0\n");
    await assert.rejects(startEmbeddedPostgres({ home: join(folder, "broken") }), { code: "config_invalid" });
  });
});
