import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../front-door/cli.ts";
import { settled, upload } from "../front-door/service.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { killAtPoint, restartAtPoint } from "./at-point.ts";
import { makeCustomerFile } from "./customer-file.ts";
import { startRig } from "./rig.ts";
import type { Point } from "./tripwire.ts";

const folder = temporaryFolder();
after(() => folder.remove());

const own = /^update uploads set status = 'completed'/;
const first = /^update uploads set rows_scored = rows_scored \+/;
const points: readonly Point[] = [
  { name: "before the correcting upload completes", when: "before", statements: [own] },
  { name: "completed, before the first upload changes", when: "before", statements: [first] },
  { name: "changed, before its rows come", when: "before", statements: [first, /insert into predictions/] },
  { name: "merged, before the commit", when: "before", statements: [first, /^commit/] },
  { name: "committed, before the worker knows", when: "after", statements: [first, /^commit/] },
];

test("killed around a merge, or with the database restarted, the corrected rows are in the first upload once and it ends as if nothing had been", {
  skip: skipReason(externalKind),
}, async () => {
  const file = await makeCustomerFile(folder.path, 300, 31, 10);
  const rig = await startRig({ files: [file] });
  try {
    await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    const service = () => ({ url: rig.part("api").service.url });
    const text = async (path: string) => (await fetch(`${service().url}/v1/uploads/${path}`)).text();
    const id = async (csv: string | Uint8Array, query = "") =>
      ((await (await upload(service(), csv, query)).json()) as { upload_id: string }).upload_id;
    const results = new Set<string>();
    for (const point of points) {
      for (const breakAt of [killAtPoint, restartAtPoint]) {
        const firstId = await id(file.csv);
        const before = await settled(service(), firstId);
        assert.ok(before.rows.rejected > 0);
        const corrected = (await text(`${firstId}/rejected.csv`)).replaceAll(",no number,", ",12,");
        let second: Promise<string> = Promise.resolve("");
        await breakAt(rig, point, () => {
          second = id(corrected, `?corrects=${firstId}`);
        });
        const secondId = await second;
        const end = await patiently(() => settled(service(), secondId));
        assert.equal(end.status, "completed", `${point.name}: ${JSON.stringify(end.error)}`);
        const merged = await patiently(() => settled(service(), firstId));
        const { read } = before.rows;
        assert.deepEqual(merged.rows, { read, scored: read, rejected: 0 }, point.name);
        const { corrections } = JSON.parse(await text(firstId)) as { corrections: unknown };
        assert.deepEqual(corrections, [{ upload_id: secondId, rows: before.rows.rejected }]);
        results.add(
          `${await text(`${firstId}/predictions.csv?shap=all`)}${JSON.stringify(JSON.parse(await text(`${firstId}/summary`)).global_importance)}`,
        );
      }
    }
    assert.equal(results.size, 1);
    await rig.rest(60_000);
  } finally {
    await rig.stop();
  }
});

/** What the last restart did to the connections may cost a request or two. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(200);
    }
  }
}
