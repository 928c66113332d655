import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RetainWiseError } from "../../src/errors.ts";
import type { JobOutcome } from "../../src/jobs/job.ts";
import { type PollerOptions, startPoller } from "../../src/jobs/poller.ts";
import { limits } from "../../src/limits.ts";
import { formatMessage } from "../../src/queue/message.ts";
import { createPostgresQueue } from "../../src/queue/postgres.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import { after, test } from "../slow-test.ts";
import { embeddedKind, startDatabase } from "../store/servers.ts";

const running = await startDatabase(embeddedKind);
after(() => running.stop());

const again = (code: "database_unavailable" | "lease_lost" = "database_unavailable"): JobOutcome => ({
  end: "again",
  error: new RetainWiseError(code, "later"),
});
const ended: JobOutcome = { end: "ended" };

/** A poller on an empty queue, and what happened to it. */
async function start(
  runJob: (uploadId: string, signal: AbortSignal) => Promise<JobOutcome>,
  options: Partial<PollerOptions> = {},
) {
  await running.database.transaction((sql) => sql`delete from messages`);
  const queue = createPostgresQueue(running.database.system(), { visibilityTimeoutSeconds: 2 });
  const givenUp: string[] = [];
  const log: string[] = [];
  const poller = startPoller(
    {
      queue,
      runJob: (_tenant, uploadId, signal) => runJob(uploadId, signal),
      giveUp: async (_tenant, uploadId) => void givenUp.push(uploadId),
      log: (event) => void log.push(event),
    },
    { slots: 1, visibilityTimeoutSeconds: 2, heartbeatSeconds: 0.5, ...options },
  );
  const send = async (): Promise<string> => {
    const uploadId = randomUUID();
    await queue.sendMessage(formatMessage({ tenantId: firstTenant, uploadId }));
    return uploadId;
  };
  return { queue, poller, givenUp, log, send };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_400; tries++) {
    if (await holds()) return;
    await sleep(25);
  }
  assert.fail(`it never held that ${what}`);
}

const isEmpty = async (queue: ReturnType<typeof createPostgresQueue>) => {
  const { visible, inFlight, delayed, dead } = await queue.depth();
  return visible + inFlight + delayed + dead === 0;
};

test("a job that ended takes its message off the queue", async () => {
  const seen: string[] = [];
  const { queue, poller, send } = await start(async (uploadId) => {
    seen.push(uploadId);
    return ended;
  });
  const sent = [await send(), await send(), await send()];
  await until("all were seen", () => seen.length === 3);
  await until("the queue is empty", () => isEmpty(queue));
  assert.deepEqual(seen.toSorted(), sent.toSorted());
  await poller.stop();
});

test("no more jobs run than there are slots, and the rest stays visible for other workers", async () => {
  let now = 0;
  let most = 0;
  let done = 0;
  const { queue, poller, send } = await start(
    async () => {
      most = Math.max(most, ++now);
      await sleep(150);
      now--;
      done++;
      return ended;
    },
    { slots: 2 },
  );
  for (let i = 0; i < 6; i++) await send();
  await until("two run", () => now === 2);
  assert.ok((await queue.depth()).visible >= 2);
  await until("all are done", () => done === 6);
  assert.equal(most, 2);
  await poller.stop();
});

test("a job three visibility timeouts long is delivered once", async () => {
  let runs = 0;
  const { queue, poller, send } = await start(async () => {
    runs++;
    await sleep(6_000);
    return ended;
  });
  await send();
  await until("it is done", () => isEmpty(queue));
  assert.equal(runs, 1);
  await poller.stop();
});

test("without a heartbeat the same job is delivered again, so the test above can fail", async () => {
  let runs = 0;
  const { queue, poller, send } = await start(
    async () => {
      runs++;
      await sleep(4_000);
      return ended;
    },
    { heartbeatSeconds: 3_600, slots: 2 },
  );
  await send();
  await until("it runs twice", () => runs === 2);
  await poller.stop();
  assert.equal(await isEmpty(queue), true);
});

test("work that fails for now comes again, and after the last receive the upload is given up and the message is dead", async () => {
  let runs = 0;
  const { queue, poller, givenUp, send } = await start(
    async () => {
      runs++;
      return again();
    },
    { random: () => 0 },
  );
  const uploadId = await send();
  await until("it is among the dead", async () => (await queue.depth()).dead === 1);
  assert.equal(runs, 5);
  assert.deepEqual(givenUp, [uploadId]);
  await poller.stop();
});

test("a message that is not ours is not run, and stays for a person to see", async () => {
  let runs = 0;
  const { queue, poller, log } = await start(async () => {
    runs++;
    return ended;
  });
  await queue.sendMessage('{"version":2}');
  await until("it was refused", () => log.includes("job.unsettled"));
  assert.equal(runs, 0);
  assert.equal(await isEmpty(queue), false);
  await poller.stop();
});

test("a deadline aborts the job with its reason", async () => {
  const reasons: unknown[] = [];
  const { poller, send } = await start(
    (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          resolve(ended);
        });
      }),
    { jobSeconds: 0.3 },
  );
  await send();
  await until("it was aborted", () => reasons.length === 1);
  assert.ok(reasons[0] instanceof RetainWiseError && reasons[0].code === "deadline_exceeded");
  await poller.stop();
});

test("a stop waits for the running job and hands back at once what does not end in time", async () => {
  const quick = await start(async () => {
    await sleep(400);
    return ended;
  });
  await quick.send();
  await until("it runs", async () => (await quick.queue.depth()).inFlight === 1);
  await quick.poller.stop();
  assert.equal(await isEmpty(quick.queue), true);

  const slow = await start(
    (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(again("lease_lost")))),
    { drainSeconds: 0.3 },
  );
  await slow.send();
  await until("it runs", async () => (await slow.queue.depth()).inFlight === 1);
  const startedAt = performance.now();
  await slow.poller.stop();
  assert.ok(performance.now() - startedAt < 3_000, "a busy worker stops as well");
  assert.equal((await slow.queue.depth()).visible, 1);
});

test("a stop does not wait for a job that never ends, whatever hangs in it", async () => {
  const { send, poller, queue } = await start(() => new Promise(() => undefined), { drainSeconds: 0.1 });
  await send();
  await until("it runs", async () => (await queue.depth()).inFlight === 1);
  const stopped = poller.stop().then(() => "stopped");
  const late = sleep((limits.handBackSeconds + 2) * 1_000, "still waiting", { ref: false });
  assert.equal(await Promise.race([stopped, late]), "stopped");
});
