/** The view of the pipeline on the running service: what was uploaded shows in it, and in `status`, and no other tenant sees it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { customersCsv } from "../identity/running.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { settled, startService } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());

interface View {
  readonly uploads: { readonly pending: number; readonly processing: number; readonly oldest_seconds: number };
  readonly queue: { readonly visible: number; readonly dead_letters: number; readonly oldest_seconds: number } | null;
  readonly totals: Readonly<Record<"accepted" | "completed" | "failed" | "rows_read" | "rows_scored", number>> &
    Readonly<Record<"end_to_end_seconds" | "work_seconds", Readonly<Record<"p50" | "p99", number | null>>>>;
  readonly hours: { readonly start: readonly string[]; readonly completed: readonly number[] };
  readonly failures: readonly { readonly code: string; readonly total: number }[];
}

interface Times {
  readonly status: string;
  readonly created_at: string;
  readonly completed_at: string;
}

/** One of the service's callers. */
function callerOf(url: string, headers: Readonly<Record<string, string>> = {}) {
  const json = async (path: string) => (await fetch(url + path, { headers })).json();
  return {
    /** Sends a file and waits for its end: the view is first asked for when it has something to show. */
    async send(csv: string): Promise<string> {
      const made = await fetch(`${url}/v1/uploads`, {
        method: "POST",
        headers: { "content-type": "text/csv", ...headers },
        body: csv,
      });
      const { upload_id } = (await made.json()) as { upload_id: string };
      await settled({ url, headers }, upload_id);
      return upload_id;
    },
    uploads: async () => ((await json("/v1/uploads")) as { data: Times[] }).data,
    remove: (id: string) => fetch(`${url}/v1/uploads/${id}`, { method: "DELETE", headers }),
    /** The view once it shows what it should: an answer may be five seconds old. */
    async view(shows: (view: View) => boolean): Promise<View> {
      const until = performance.now() + 60_000;
      for (;;) {
        const view = (await json("/v1/health/pipeline")) as View;
        if (shows(view)) return view;
        if (performance.now() > until) assert.fail(JSON.stringify({ ...view, hours: "…" }));
        await sleep(200);
      }
    },
  };
}

const ended =
  (count: number) =>
  ({ totals, uploads, queue }: View): boolean =>
    totals.completed + totals.failed === count && uploads.pending + uploads.processing + (queue?.visible ?? 0) === 0;

test("what was uploaded shows in the view, in `status`, and no more once it is deleted", async () => {
  const home = join(folder.path, "open");
  const service = await startService(home);
  try {
    const caller = callerOf(service.url);
    const [first = ""] = await Promise.all([customersCsv, customersCsv, 'a,b\n1,"2'].map(caller.send));
    const { totals, hours, failures, queue, uploads } = await caller.view(ended(3));
    assert.deepEqual([totals.accepted, totals.completed, totals.failed, totals.rows_scored], [3, 2, 1, 24]);
    assert.deepEqual(failures.length, 1);
    assert.equal(failures[0]?.total, 1);
    assert.equal(hours.start.length, 168);
    assert.equal(
      hours.completed.reduce((sum, count) => sum + count, 0),
      2,
    );
    assert.deepEqual([queue?.dead_letters, uploads.oldest_seconds], [0, 0]);
    // By the times that the uploads themselves show, which have no microseconds.
    const took = (await caller.uploads())
      .filter(({ status }) => status === "completed")
      .map(({ created_at, completed_at }) => (Date.parse(completed_at) - Date.parse(created_at)) / 1_000)
      .toSorted((a, b) => a - b);
    assert.ok(Math.abs(totals.end_to_end_seconds.p50! - took[0]!) <= 0.001);
    assert.ok(Math.abs(totals.end_to_end_seconds.p99! - took[1]!) <= 0.001);

    const { code, stdout } = await run(["status"], { environment: { RETAINWISE_HOME: home } });
    assert.equal(code, 0);
    assert.match(stdout, /^queue +0 visible, \d+ in flight, 0 delayed, 0 dead letters, the oldest /m);
    assert.match(stdout, /^of all tenants +0 pending, 0 processing/m);
    assert.match(stdout, /^uploads +3 accepted, 2 completed, 1 failed$/m);
    assert.match(stdout, new RegExp(`^failures +1 ${failures[0]?.code}$`, "m"));
    assert.match(stdout, /^end to end +p50 [\d.]+ s, p95 [\d.]+ s, p99 [\d.]+ s$/m);

    assert.equal((await caller.remove(first)).status, 204);
    const left = await caller.view(ended(2));
    assert.deepEqual([left.totals.accepted, left.totals.completed, left.totals.rows_scored], [2, 1, 12]);
  } finally {
    assert.equal(await service.stop(), 0, service.output());
  }
});

test("a tenant's key sees its own history alone, and nothing of the queue", async () => {
  const environment = { RETAINWISE_HOME: join(folder.path, "keys"), RETAINWISE_AUTH: "keys" };
  const service = await startService(environment.RETAINWISE_HOME, environment);
  try {
    const command = async (...args: string[]) => (await run(args, { environment })).stdout.trim();
    const tenant = await command("tenant", "create", "Stranger");
    const keys = await Promise.all([command("key", "create"), command("key", "create", "--tenant", tenant)]);
    const [owner, stranger] = keys.map((key) => callerOf(service.url, { authorization: `Bearer ${key}` }));
    await owner!.send(customersCsv);
    const own = await owner!.view(ended(1));
    const foreign = await stranger!.view(() => true);
    assert.deepEqual([own.queue, foreign.queue], [null, null]);
    assert.equal(own.totals.rows_read, 12);
    assert.deepEqual([foreign.totals.accepted, foreign.totals.completed, foreign.totals.rows_read], [0, 0, 0]);
    assert.equal(foreign.totals.work_seconds.p50, null);
    assert.match(await command("status", "--tenant", tenant), /^uploads +0 accepted/m);
    assert.match(await command("status"), /^uploads +1 accepted, 1 completed/m);
  } finally {
    assert.equal(await service.stop(), 0, service.output());
  }
});
