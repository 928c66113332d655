import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../front-door/cli.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { readAudit } from "./audit.ts";
import { makeCustomerFile } from "./customer-file.ts";
import { violationsAtRest } from "./invariants.ts";
import { type Rig, startRig, visibilitySeconds } from "./rig.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const skip = skipReason(externalKind);
const file = skip === false ? await makeCustomerFile(folder.path, 6_000, 21, 50) : null;

async function onRig(workers: readonly string[], work: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = await startRig({ files: [file!] });
  try {
    await Promise.all([rig.start("api", "api"), ...workers.map((name) => rig.start(name, "worker"))]);
    await work(rig);
  } finally {
    await rig.stop();
  }
}

const signal = (rig: Rig, name: string, which: NodeJS.Signals) => rig.part(name).service.process.kill(which);

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, what);
    await sleep(20);
  }
}

async function send(rig: Rig): Promise<string> {
  const answer = await rig.send(file!);
  assert.equal(answer?.status, 202);
  return answer.uploadId!;
}

const insertRows = /insert into predictions/;

test(
  "one message delivered five times at once to three workers makes one set of rows and one completion",
  { skip },
  () =>
    onRig(["one", "two", "three"], async (rig) => {
      const names = ["one", "two", "three"];
      for (const name of names) signal(rig, name, "SIGSTOP");
      const id = await send(rig);
      const inDatabase = (work: Parameters<typeof rig.database.transaction>[0]) => rig.database.transaction(work);
      await until("the message is on the queue", async () => (await rig.scene.queue()).waiting === 1);
      await inDatabase(
        (sql) => sql`
        insert into messages (body)
        select body
        from messages, generate_series(1, 4)`,
      );
      // Each worker has a message in its hands before the first claim is done, and meets the upload while one is at work on it.
      rig.tripwire.delay({ statement: /insert into predictions|set status = 'processing'/, milliseconds: 500 });
      for (const name of names) signal(rig, name, "SIGCONT");
      await rig.rest(60_000);
      assert.deepEqual(await violationsAtRest(rig.scene), []);
      const claim = /^update uploads set status = 'processing'/;
      for (const name of names) assert.ok(rig.tripwire.count(claim, name) > 0, `${name} tried`);
      const audit = await readAudit(rig.database, id);
      assert.equal(new Set(audit.flatMap((entry) => entry.new_token ?? [])).size, 1, "attempts");
    }),
);

test("a worker frozen past its lease and woken while another is at work, or after, writes nothing", { skip }, () =>
  onRig(["frozen", "other"], async (rig) => {
    for (const wakes of ["while the other is at work", "after the other's completion"]) {
      signal(rig, "other", "SIGSTOP");
      const id = await send(rig);
      // Frozen between two of its chunks: the first is saved, the second is on its way.
      const woken = Promise.withResolvers<void>();
      const freeze = (): Promise<void> => {
        signal(rig, "frozen", "SIGSTOP");
        return woken.promise;
      };
      const point = { name: "second chunk", statements: [insertRows, insertRows], when: "before" } as const;
      await rig.tripwire.arm(point, freeze, id);
      const ports = rig.part("frozen").proxy.ports();
      const before = (await readAudit(rig.database, id)).length;
      assert.ok(before >= 3, "it had claimed and saved");
      rig.tripwire.delay({ statement: insertRows, milliseconds: wakes.startsWith("while") ? 500 : 0 });
      signal(rig, "other", "SIGCONT");
      const changes = async () => (await readAudit(rig.database, id)).slice(before);
      await until("the other claims it", async () =>
        (await changes()).some((entry) => entry.new_status === "processing"),
      );
      if (wakes.startsWith("after"))
        await until("it completes", async () => (await changes()).some((entry) => entry.new_status === "completed"));
      woken.resolve();
      signal(rig, "frozen", "SIGCONT");
      await rig.rest(60_000);
      rig.tripwire.delay(null);
      const noticed = `"${id}","code":"lease_lost"`;
      await until(`it tried to write ${wakes}`, () => rig.part("frozen").service.output().includes(noticed));
      const byFrozen = (await changes()).filter((entry) => ports.has(entry.client_port));
      assert.deepEqual(byFrozen, [], wakes);
      assert.deepEqual(await violationsAtRest(rig.scene), [], wakes);
    }
  }),
);

test("a job of three times the visibility time is delivered once", { skip }, () =>
  onRig(["worker", "idle"], async (rig) => {
    const id = await send(rig);
    rig.tripwire.delay({ statement: insertRows, milliseconds: (visibilitySeconds * 1_000 * 3.2) / 4 });
    const startedAt = performance.now();
    let receives = 0;
    await until("it is done", async () => {
      const rows = await rig.database.transaction(
        (sql) => sql<{ n: number }[]>`select receive_count as n from messages`,
      );
      receives = Math.max(receives, ...rows.map((row) => row.n));
      return (await readAudit(rig.database, id)).some((entry) => entry.new_status === "completed");
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    assert.ok(seconds > 3 * visibilitySeconds, `it took ${seconds} s`);
    assert.equal(receives, 1);
    const claims = (await readAudit(rig.database, id)).filter(
      (entry) => entry.new_token !== entry.old_token && entry.new_token,
    );
    assert.equal(claims.length, 1);
    await rig.rest(10_000);
    assert.deepEqual(await violationsAtRest(rig.scene), []);
  }),
);
