import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../src/limits.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { makeCustomerFile } from "./customer-file.ts";
import { violationsAtRest } from "./invariants.ts";
import { type Rig, startRig } from "./rig.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const skip = skipReason(externalKind);
const file = skip === false ? await makeCustomerFile(folder.path, 6_000, 31, 50) : null;
/** Most that a busy worker may take from SIGTERM to its end. */
const busySeconds = 25;
const insertRows = /insert into predictions/;

async function onRig(work: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = await startRig({ files: [file!] });
  try {
    await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    await work(rig);
  } finally {
    await rig.stop();
  }
}

async function stopped(rig: Rig, name: string): Promise<number> {
  const startedAt = performance.now();
  assert.equal(await rig.part(name).service.stop(), 0, rig.part(name).service.output().slice(-3_000));
  return (performance.now() - startedAt) / 1_000;
}

const underWay = async (rig: Rig): Promise<void> => {
  const reached = rig.tripwire.count(insertRows);
  while (rig.tripwire.count(insertRows) === reached) await sleep(10);
};

test("told to stop, idle halves end within two seconds", { skip }, () =>
  onRig(async (rig) => {
    assert.equal((await rig.send(file!))?.status, 202);
    await rig.rest(30_000);
    for (const name of ["worker", "api"]) {
      const seconds = await stopped(rig, name);
      assert.ok(seconds <= 2, `${name} took ${seconds} s`);
    }
    assert.deepEqual(await violationsAtRest(rig.scene), []);
  }),
);

test(
  "a busy worker finishes what it can, and hands back within the drain a job that hangs on the database",
  { skip },
  () =>
    onRig(async (rig) => {
      rig.tripwire.delay({ statement: insertRows, milliseconds: 600 });
      assert.equal((await rig.send(file!))?.status, 202);
      await underWay(rig);
      assert.ok((await stopped(rig, "worker")) <= busySeconds);
      assert.deepEqual(await violationsAtRest(rig.scene), [], "the job was finished");

      await rig.revive("worker");
      rig.tripwire.delay({ statement: insertRows, milliseconds: 29_000 });
      const id = (await rig.send(file!))?.uploadId;
      await underWay(rig);
      const seconds = await stopped(rig, "worker");
      assert.ok(seconds > limits.drainSeconds - 1 && seconds <= busySeconds, `it took ${seconds} s`);
      const rows = await rig.database.transaction(
        (sql) =>
          sql<{ status: string; strikes: number }[]>`select status, strikes from uploads where upload_id = ${id!}`,
      );
      assert.deepEqual([rows[0]?.status, rows[0]?.strikes], ["pending", 0], "handed back without a strike");
      rig.tripwire.delay(null);
      await rig.revive("worker");
      await rig.rest(15_000);
      assert.deepEqual(await violationsAtRest(rig.scene), []);
    }),
);

test("four rolling restarts of both halves under load lose nothing and leave no dead letter", { skip }, () =>
  onRig(async (rig) => {
    rig.tripwire.delay({ statement: insertRows, milliseconds: 100 });
    await Promise.all([rig.start("api-b", "api"), rig.start("worker-b", "worker")]);
    let rolling = true;
    let refused = 0;
    const load = (async () => {
      for (let i = 0; rolling; i++) {
        // A load balancer sends to the half that is up.
        const answer = (await rig.send(file!, i % 2 === 0 ? "api" : "api-b")) ?? (await rig.send(file!, "api"));
        if (answer?.status !== 202) refused++;
        await sleep(400);
      }
    })();
    for (let round = 0; round < 4; round++) {
      for (const name of ["worker", "worker-b", "api-b"]) {
        await stopped(rig, name);
        await rig.revive(name);
      }
    }
    rolling = false;
    await load;
    await rig.rest(60_000);
    assert.equal(refused, 0);
    assert.ok(rig.scene.accepted.size >= 8, `${rig.scene.accepted.size} uploads`);
    assert.deepEqual(await violationsAtRest(rig.scene), []);
  }),
);
