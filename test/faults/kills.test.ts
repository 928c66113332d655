import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../front-door/cli.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { killAtPoint, restartAtPoint } from "./at-point.ts";
import { type CustomerFile, makeCustomerFile } from "./customer-file.ts";
import { violationsAtRest, violationsNow } from "./invariants.ts";
import { jobPoints, type KillPoint, relayPoints, requestPoints } from "./points.ts";
import { type Rig, startRig } from "./rig.ts";
import { violationsSeen } from "./tenant-view.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const points = [...requestPoints, ...relayPoints, ...jobPoints];
const isRequestPoint = (point: KillPoint) => requestPoints.includes(point);

/** How many kills hit a named point, and how many any moment. */
const randomKills = 12;
const tenantCount = 3;

test("killed fifty times, at named points and at any moment, with the database restarted at once at others, it loses and doubles nothing, and no tenant sees or gets what is another's", {
  skip: skipReason(externalKind),
}, async () => {
  const files = await Promise.all([
    makeCustomerFile(folder.path, 2_500, 11, 97),
    makeCustomerFile(folder.path, 400, 12, 0),
    makeCustomerFile(folder.path, 700, 13, 9),
    // One more of each tenant: what the others have under way while something breaks.
    makeCustomerFile(folder.path, 60, 14, 7),
    makeCustomerFile(folder.path, 61, 15, 0),
    makeCustomerFile(folder.path, 62, 16, 5),
  ]);
  const large = files[0]!;
  const rig = await startRig({ files, tenants: tenantCount });
  const reached: string[] = [];
  const proven = new Set<string>();
  try {
    await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    const check = async (where: string): Promise<void> => {
      reached.push(where);
      assert.deepEqual(await violationsNow(rig.scene, proven), [], where);
      assert.deepEqual(await violationsSeen({ ...rig, url: rig.part("api").service.url, newest: 1 }), [], where);
    };
    const bystander = async (i: number) => {
      // What the last restart did to the connections may cost a request or two.
      for (let tries = 0; ; tries++) {
        const answer = await rig.send(files[tenantCount + (i % tenantCount)]!);
        if (answer?.status === 202) return;
        assert.ok(tries < 20, `a bystander's upload answers ${answer?.status}`);
        await sleep(100);
      }
    };
    // Each point with a kill and with a restart of the database.
    for (const [i, point] of points.entries()) {
      await bystander(i + 1);
      await underWay(rig, point, large, killAtPoint);
      await check(`killed: ${point.name}`);
      await bystander(i);
      await underWay(rig, point, files[(i + 1) % tenantCount]!, restartAtPoint);
      await check(`restarted: ${point.name}`);
    }
    for (let i = 0; i < randomKills; i++) {
      await killAnyTime(
        rig,
        files[i % tenantCount]!,
        files[((i + 1) % tenantCount) + tenantCount]!,
        ["api", "worker"].slice(i % 2, (i % 3) + 1),
        (i * 37) % 400,
      );
      await check(`killed at random ${i}`);
    }
    await rig.rest(90_000);
    // An answered request is one upload; an unanswered one is at most one.
    assert.deepEqual(await violationsAtRest(rig.scene), []);
    assert.ok(reached.length >= 50, `${reached.length} faults`);
    const uploads = await rig.sweptUploads();
    assert.equal((await rig.scene.objects()).length, uploads, "every object is of an upload");
    const view = { ...rig, url: rig.part("api").service.url, newest: 1_000 };
    assert.deepEqual(await violationsSeen(view), []);
    // The look can fail: with their keys mixed up each sees another's.
    const mixedUp = rig.tenants.map(({ tenantId }, i) => ({ ...rig.tenants[(i + 1) % tenantCount]!, tenantId }));
    const kinds = (await violationsSeen({ ...view, tenants: mixedUp, newest: 1, harmless: true })).map(
      ({ kind }) => kind,
    );
    assert.deepEqual([...new Set(kinds)].sort(), ["foreign_tenant", "unseen"]);
  } finally {
    await rig.stop();
  }
});

/** Sends a file so that the point is reached. Where the statement names the upload, only this one's counts. */
async function underWay(rig: Rig, point: KillPoint, file: CustomerFile, breakIt: typeof killAtPoint): Promise<void> {
  if (!point.namesUpload) {
    let sent: ReturnType<Rig["send"]> = Promise.resolve(null);
    await breakIt(rig, point, () => {
      sent = rig.send(file);
    });
    const answer = await sent;
    if (isRequestPoint(point)) assert.notEqual(answer?.status, 202, point.name);
    return;
  }
  // The id is known with the answer, and by then the worker may have gone on: it stands still until the wire is set.
  const worker = rig.part("worker").service.process;
  worker.kill("SIGSTOP");
  const answer = await rig.send(file);
  assert.equal(answer?.status, 202);
  await breakIt(rig, point, () => void worker.kill("SIGCONT"), answer.uploadId!);
}

async function killAnyTime(
  rig: Rig,
  file: CustomerFile,
  another: CustomerFile,
  names: readonly string[],
  delay: number,
): Promise<void> {
  const sent = Promise.all([rig.send(file), rig.send(another)]);
  await sleep(delay);
  for (const name of names) rig.kill(name);
  await Promise.all(names.map((name) => rig.revive(name)));
  await sent;
}
