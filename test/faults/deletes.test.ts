import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../front-door/cli.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { killAtPoint, restartAtPoint } from "./at-point.ts";
import { type CustomerFile, makeCustomerFile } from "./customer-file.ts";
import { violationsAtRest, violationsNow } from "./invariants.ts";
import { deletePoints } from "./points.ts";
import { type Rig, startRig } from "./rig.ts";
import { violationsSeen } from "./tenant-view.ts";

const folder = temporaryFolder();
after(() => folder.remove());

test("a deletion that a kill or a restart of the database interrupts anywhere is completed afterwards, and takes nobody else's rows", {
  skip: skipReason(externalKind),
}, async () => {
  const files = await Promise.all([41, 42, 43].map((seed) => makeCustomerFile(folder.path, 300, seed, 20)));
  const rig = await startRig({ files, tenants: files.length });
  try {
    await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    const check = async (where: string): Promise<void> => {
      assert.deepEqual(await violationsNow(rig.scene), [], where);
      assert.deepEqual(await violationsSeen({ ...rig, url: rig.part("api").service.url, newest: 1 }), [], where);
    };
    // One upload for each deletion, and one more of each tenant's that stays.
    const faults = [
      ...deletePoints.map((point) => ({ breakIt: killAtPoint, point })),
      // The database forgets what was not committed: before each commit.
      ...deletePoints
        .filter(({ when, statements }) => when === "before" && statements.length > 1)
        .map((point) => ({ breakIt: restartAtPoint, point })),
    ];
    for (const file of files) await send(rig, file);
    const doomed: { id: string; file: CustomerFile }[] = [];
    for (const i of faults.keys()) doomed.push({ id: await send(rig, files[i % 3]!), file: files[i % 3]! });
    await rig.rest(60_000);

    for (const [i, { breakIt, point }] of faults.entries()) {
      const where = `${breakIt.name}: ${point.name}`;
      const { id, file } = doomed[i]!;
      rig.scene.accepted.delete(id);
      let asked: Promise<number | null> = Promise.resolve(null);
      const about = point.namesUpload ? id : undefined;
      const ask = () => {
        asked = remove(rig, file, id);
      };
      await breakIt(rig, point, ask, about);
      await asked;
      await removeAtLast(rig, file, id, where);
      await untilGone(rig, id, where);
      await check(where);
    }
    await rig.rest(30_000);
    assert.deepEqual(await violationsAtRest(rig.scene), []);
    assert.equal(await rig.sweptUploads(), files.length, "those that stay");
    assert.equal((await rig.scene.objects()).length, files.length);
  } finally {
    await rig.stop();
  }
});

test("an upload that is deleted while a worker is at it leaves nothing, whether the worker is killed then or goes on", {
  skip: skipReason(externalKind),
}, async () => {
  const file = await makeCustomerFile(folder.path, 2_500, 44, 0);
  const rig = await startRig({ files: [file], tenants: 1 });
  try {
    await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    for (const end of ["killed", "goes on"]) {
      for (const statement of [/insert into predictions/, /^update uploads set status = 'completed'/]) {
        const where = `${statement} ${end}`;
        const woken = Promise.withResolvers<void>();
        const worker = rig.part("worker").service.process;
        worker.kill("SIGSTOP");
        const id = await send(rig, file);
        const stop = (): Promise<void> => {
          worker.kill("SIGSTOP");
          return woken.promise;
        };
        const reached = rig.tripwire.arm({ name: where, statements: [statement], when: "before" }, stop, id);
        worker.kill("SIGCONT");
        await reached;
        rig.scene.accepted.delete(id);
        assert.equal(await remove(rig, file, id), 204, where);
        if (end === "killed") {
          rig.kill("worker");
          woken.resolve();
          await rig.revive("worker");
        } else {
          woken.resolve();
          worker.kill("SIGCONT");
        }
        await untilGone(rig, id, where);
        if (end === "goes on") {
          const noticed = `"${id}","code":"lease_lost"`;
          for (let tries = 0; !rig.part("worker").service.output().includes(noticed); tries++) {
            assert.ok(tries < 200, `${where}: it does not notice`);
            await sleep(50);
          }
          // As if the time had passed for which another attempt might be alive.
          await sleep(500);
          await rig.database.transaction((sql) => sql`update messages set visible_at = now()`);
        }
        await rig.rest(30_000);
        assert.deepEqual(await violationsAtRest(rig.scene), [], where);
        await untilGone(rig, id, where);
      }
    }
    assert.equal(await rig.sweptUploads(), 0);
    assert.deepEqual(await rig.scene.objects(), []);
  } finally {
    await rig.stop();
  }
});

async function send(rig: Rig, file: CustomerFile): Promise<string> {
  const answer = await rig.send(file);
  assert.equal(answer?.status, 202);
  return answer.uploadId!;
}

/** The status; null: no answer came. */
async function remove(rig: Rig, file: CustomerFile, id: string): Promise<number | null> {
  const { headers } = rig.ownerOf(file);
  const address = `${rig.part("api").service.url}/v1/uploads/${id}`;
  const answer = await fetch(address, { method: "DELETE", headers }).catch(() => null);
  await answer?.text().catch(() => "");
  return answer?.status ?? null;
}

/** As a client does: until it hears that the upload is gone, or was. */
async function removeAtLast(rig: Rig, file: CustomerFile, id: string, where: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const status = await remove(rig, file, id);
    if (status === 204 || status === 404) return;
    assert.ok(status === 503 && tries < 100, `${where}: ${status}`);
    await sleep(100);
  }
}

/** Record, results, outbox row and object; the sweep that the last request or the start has woken does what is left. */
async function untilGone(rig: Rig, id: string, where: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const left = await rig.database.transaction(
      (sql) => sql<{ what: string; count: number }[]>`
        select what, count(*)::integer as count
        from (
          select 'record' as what from uploads where upload_id = ${id}
          union all select 'prediction' from predictions where upload_id = ${id}
          union all select 'rejection' from rejections where upload_id = ${id}
          union all select 'outbox' from outbox where upload_id = ${id}
        ) as traces
        group by what`,
    );
    const objects = (await rig.scene.objects()).filter((key) => key.endsWith(id));
    if (left.length === 0 && objects.length === 0) return;
    assert.ok(tries < 100, `${where}: ${JSON.stringify([...left])} ${objects} are left after ten seconds`);
    await sleep(100);
  }
}
