import assert from "node:assert/strict";
import { readdir, stat, utimes } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../front-door/cli.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { killAtPoint } from "./at-point.ts";
import { type CustomerFile, makeCustomerFile } from "./customer-file.ts";
import { violationsAtRest, violationsNow } from "./invariants.ts";
import { requestPoints } from "./points.ts";
import { type Rig, startRig } from "./rig.ts";
import { violationsSeen } from "./tenant-view.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const boundary = "----half-sent";

interface Cut {
  readonly name: string;
  readonly form: boolean;
  /** Bytes of the file that have been sent when the process is killed, of so many. */
  sent(size: number): number;
  /** Whether a note names the object by then, and part of it is on the disk. */
  readonly begun: boolean;
}
const cuts: readonly Cut[] = [
  { name: "in the head of the file", form: false, sent: () => 10_000, begun: false },
  { name: "in the middle of the file", form: false, sent: (size) => Math.floor(size / 2), begun: true },
  { name: "before the last byte", form: false, sent: (size) => size - 1, begun: true },
  { name: "in the middle of a form", form: true, sent: (size) => Math.floor(size / 2), begun: true },
];

test("killed while it receives a body, the API makes one upload of it and its repetition, and leaves no object, note or draft behind", {
  skip: skipReason(externalKind),
}, async () => {
  // Twice what is looked at before anything is stored; one file for each tenant.
  const files = await Promise.all([31, 32, 33].map((seed) => makeCustomerFile(folder.path, 1_500, seed, 40)));
  const rig = await startRig({ files, tenants: files.length });
  try {
    await Promise.all([rig.start("api", "api"), rig.start("worker", "worker")]);
    const check = async (where: string): Promise<void> => {
      assert.deepEqual(await violationsNow(rig.scene), [], where);
      assert.deepEqual(await violationsSeen({ ...rig, url: rig.part("api").service.url, newest: 1 }), [], where);
    };
    for (const cut of cuts) {
      const before = { notes: await countNotes(rig), drafts: (await drafts(rig)).length };
      // All tenants have the same key: it is each one's own.
      const halves = files.map((file) => sendHalf(rig, file, cut));
      const due = cut.begun ? files.length : 0;
      await until(`${cut.name}: received`, async () => {
        const begun = (await drafts(rig)).filter(({ size }) => size > 0).length;
        return (await countNotes(rig)) - before.notes === due && begun - before.drafts === due;
      });
      if (!cut.begun) await sleep(200);
      rig.kill("api");
      for (const ended of await Promise.all(halves)) assert.match(ended, /ECONNRESET|hang up|closed/i, cut.name);
      await rig.revive("api");
      await check(cut.name);
      for (const file of files) await repeat(rig, file, cut.name, cut.form);
      await check(`${cut.name}, repeated`);
    }
    // The whole body is there: the object is stored, and the process ends around the record.
    for (const [i, point] of requestPoints.entries()) {
      const file = files[i % files.length]!;
      const key = point.name.replaceAll(/[ ,]+/g, "-");
      let answered: Promise<Response | null> = Promise.resolve(null);
      await killAtPoint(rig, point, () => {
        answered = send(rig, file, key).catch(() => null);
      });
      assert.notEqual((await answered)?.status, 202, key);
      await repeat(rig, file, key);
    }
    await rig.rest(60_000);
    await check("at rest");
    assert.deepEqual(await violationsAtRest(rig.scene), []);
    const uploads = await rig.sweptUploads();
    assert.equal(uploads, cuts.length * files.length + requestPoints.length, "one upload each");
    assert.equal((await rig.scene.objects()).length, uploads, "every object is of an upload");
    await assertDraftsGo(rig, files[0]!);
  } finally {
    await rig.stop();
  }
});

function bodyOf(form: boolean): { type: string; head: string; tail: string } {
  if (!form) return { type: "text/csv", head: "", tail: "" };
  const disposition = 'content-disposition: form-data; name="file"; filename="customers.csv"';
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    head: `--${boundary}\r\n${disposition}\r\ncontent-type: text/csv\r\n\r\n`,
    tail: `\r\n--${boundary}--\r\n`,
  };
}

/** Part of a body, and then nothing; answers how the connection ended. */
function sendHalf(rig: Rig, file: CustomerFile, cut: Cut): Promise<string> {
  const { type, head, tail } = bodyOf(cut.form);
  const csv = Buffer.from(file.csv);
  return new Promise((resolve) => {
    const asked = request(`${rig.part("api").service.url}/v1/uploads`, {
      method: "POST",
      headers: {
        ...rig.ownerOf(file).headers,
        "content-type": type,
        "content-length": head.length + csv.length + tail.length,
        "idempotency-key": keyOf(cut.name),
      },
    });
    asked.on("error", (error) => resolve(String(error)));
    asked.on("response", (answer) => resolve(`answered with ${answer.statusCode}`));
    asked.write(head);
    asked.write(csv.subarray(0, cut.sent(csv.length)));
  });
}

const keyOf = (name: string): string => name.replaceAll(" ", "-");

function send(rig: Rig, file: CustomerFile, key: string, form = false): Promise<Response> {
  const { type, head, tail } = bodyOf(form);
  return fetch(`${rig.part("api").service.url}/v1/uploads`, {
    method: "POST",
    headers: { ...rig.ownerOf(file).headers, "content-type": type, "idempotency-key": keyOf(key) },
    body: head + file.csv + tail,
  });
}

/** As a client does: with the same key until it is answered, and once more. Both are one upload. */
async function repeat(rig: Rig, file: CustomerFile, key: string, form = false): Promise<void> {
  const ids: string[] = [];
  let replayed: string | null = null;
  for (let tries = 0; ids.length < 2; tries++) {
    const answer = await send(rig, file, key, form);
    const { upload_id: id, code } = (await answer.json()) as { upload_id: string; code?: string };
    if (answer.status === 202) ids.push(id);
    else assert.ok(answer.status === 503 && tries < 50, `${key}: ${answer.status} ${code}`);
    if (answer.status !== 202) await sleep(100);
    replayed = answer.headers.get("idempotency-replayed");
  }
  assert.equal(ids[0], ids[1], key);
  assert.equal(replayed, "true", key);
  rig.scene.accepted.set(ids[0]!, file);
}

async function countNotes(rig: Rig): Promise<number> {
  const [row] = await rig.database.transaction(
    (sql) => sql<{ count: number }[]>`select count(*)::integer as count from object_intents`,
  );
  return row?.count ?? 0;
}

/** What is stored of files that have not arrived. */
async function drafts(rig: Rig): Promise<{ path: string; size: number }[]> {
  const place = join(rig.folder, "files/.drafts");
  const found = await Promise.all(
    (await readdir(place)).map(async (name) => {
      const path = join(place, name);
      return { path, size: (await stat(path).catch(() => null))?.size ?? 0 };
    }),
  );
  return found;
}

/** The half files of killed processes go with the next upload, once no request can be behind them any more. */
async function assertDraftsGo(rig: Rig, file: CustomerFile): Promise<void> {
  const left = await drafts(rig);
  assert.ok(left.length >= cuts.filter(({ begun }) => begun).length, `${left.length} half files`);
  const longAgo = new Date(Date.now() - 7_200_000);
  for (const { path } of left) await utimes(path, longAgo, longAgo);
  assert.equal((await rig.send(file))?.status, 202);
  assert.deepEqual(await drafts(rig), []);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 1_000, what);
    await sleep(20);
  }
}
