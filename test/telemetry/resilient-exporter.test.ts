import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportResultCode } from "@opentelemetry/core";
import { accepted, away, minute, exporterRig as rig, second } from "./exporter-rig.ts";
import { collection } from "./one-point.ts";

test("ten minutes without a backend: two lines, five attempts and two probes, then everything in order and once", async () => {
  const { exporter, set, minutes, attempts, taken, events, dropped, clock } = rig();
  await minutes(1, 2);
  set(away);
  await minutes(3, 12);
  assert.equal(clock.pending(), 1, "one timer, for the next probe");
  assert.deepEqual(
    attempts.slice(2).map(({ at, value }) => [at / second, value]),
    [
      [120, 3],
      [121, 3],
      [123, 3],
      [127, 3],
      [135, 3], // the fifth in a row
      [435, 3], // a probe, five minutes on
    ],
  );
  assert.deepEqual(exporter.state().isDown, true);
  assert.equal(exporter.state().batches, 10);
  set(accepted);
  await minutes(13, 15);
  assert.deepEqual(taken, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  assert.equal(dropped(), 0);
  assert.deepEqual(events, [
    { event: "telemetry.down", fields: { status: 503, failures: 5, waiting_batches: 1, probe_seconds: 300 } },
    {
      event: "telemetry.back",
      fields: { seconds: 600, waiting_batches: 11, dropped_batches: 0, dropped_datapoints: 0 },
    },
  ]);
  assert.deepEqual(exporter.state(), { batches: 0, bytes: 0, isDown: false });
});

test("a failure or four are told to nobody and lose nothing", async () => {
  const { set, minutes, taken, events } = rig();
  let failures = 4;
  set(() => (failures-- > 0 ? away : accepted));
  await minutes(1, 2);
  assert.deepEqual(taken, [1, 2]);
  assert.deepEqual(events, []);
});

test("an hour without a backend: what is older than fifteen minutes is dropped, counted, and reported when it is back", async () => {
  const { set, minutes, taken, events, dropped, exporter } = rig();
  set(away);
  await minutes(1, 60);
  assert.ok(exporter.state().batches <= 16);
  assert.equal(dropped(), 0, "a count reported now would be lost with its batch");
  set(accepted);
  await minutes(61, 66);
  assert.equal(taken.length + dropped(), 66);
  assert.ok(taken.length >= 15);
  assert.deepEqual(
    taken,
    [...taken].sort((a, b) => a - b),
  );
  assert.deepEqual(new Set(taken).size, taken.length);
  const [down, back] = events;
  assert.deepEqual([down!.event, back!.event, events.length], ["telemetry.down", "telemetry.back", 2]);
  assert.equal(back!.fields["dropped_datapoints"], dropped());
  assert.equal(back!.fields["dropped_batches"], dropped());
});

test("more bytes than allowed push out the oldest, counted in datapoints", async () => {
  const { set, clock, exporter, taken, dropped, ...r } = rig({ queueBytes: 5_000 });
  set(away);
  for (let value = 1; value <= 10; value++) {
    r.export(value, 10);
    await clock.advance(second);
    assert.ok(exporter.state().bytes <= 5_000);
  }
  set(accepted);
  await clock.advance(6 * minute);
  assert.ok(taken.length > 0 && dropped() > 0);
  assert.equal(taken.length * 10 + dropped(), 100);
  assert.deepEqual(taken, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].slice(-taken.length));
});

test("one request at a time, though exports come faster than the backend answers", async () => {
  const { set, clock, taken, ...r } = rig();
  let [now, most] = [0, 0];
  set(async () => {
    most = Math.max(most, ++now);
    await clock.within(3 * second, null);
    now--;
    return accepted;
  });
  for (let value = 1; value <= 5; value++) {
    r.export(value);
    await clock.advance(second);
  }
  await clock.advance(minute);
  assert.equal(most, 1);
  assert.deepEqual(taken, [1, 2, 3, 4, 5]);
});

test("a busy backend is not asked before the time that it names, and no later than a probe would", async () => {
  const { set, clock, attempts, ...r } = rig();
  set({ kind: "failed", status: 429, afterMilliseconds: 42 * second });
  r.export(1);
  await clock.advance(43 * second);
  assert.deepEqual(
    attempts.map(({ at }) => at / second),
    [0, 42],
  );
  set({ kind: "failed", status: 429, afterMilliseconds: 86_400 * second });
  await clock.advance(42 * second);
  set(accepted);
  await clock.advance(301 * second);
  assert.equal(attempts.at(-1)!.at / second, 84 + 300);
});

test("a refusal drops its batch, is told once a change, and holds up nothing behind it", async () => {
  const { set, minutes, taken, names, events, dropped, exporter } = rig();
  set({ kind: "refused", status: 401 });
  await minutes(1, 3);
  set({ kind: "refused", status: 400 });
  await minutes(4, 5);
  assert.equal(dropped(), 0);
  set(accepted);
  await minutes(6, 7);
  set({ kind: "refused", status: 400 });
  await minutes(8, 8);
  assert.deepEqual(taken, [6, 7]);
  assert.deepEqual(names(), ["telemetry.refused", "telemetry.refused", "telemetry.refused"]);
  assert.deepEqual(
    events.map(({ fields }) => fields["status"]),
    [401, 400, 400],
  );
  assert.equal(dropped(), 5);
  assert.equal(exporter.state().isDown, false);
});

test("what a backend rejects of a batch it took is counted, told once, and not sent again", async () => {
  const { set, minutes, taken, names, dropped } = rig();
  set({ kind: "accepted", rejected: 1 });
  await minutes(1, 3);
  assert.deepEqual(taken, [1, 2, 3]);
  assert.equal(dropped(), 3);
  assert.deepEqual(names(), ["telemetry.refused"]);
});

test("a flush tries although the breaker is open, and what it cannot send goes on waiting", async () => {
  const { set, minutes, clock, exporter, taken, attempts, names } = rig();
  set(away);
  await minutes(1, 2);
  assert.equal(exporter.state().isDown, true);
  const before = attempts.length;
  const failing = exporter.forceFlush(2 * second);
  await clock.advance(2 * second);
  await failing;
  assert.ok(attempts.length > before);
  assert.equal(exporter.state().batches, 2);
  await clock.advance(minute);
  assert.ok(attempts.length < before + 20, "after it the breaker holds again");
  set(accepted);
  const flushed = exporter.forceFlush(2 * second);
  await clock.advance(1);
  await flushed;
  assert.deepEqual(taken, [1, 2]);
  assert.deepEqual(names(), ["telemetry.down", "telemetry.back"]);
});

test("after a flush that was done early failures wait again as they should", async () => {
  const { set, clock, exporter, taken, attempts, ...r } = rig();
  const flushed = exporter.forceFlush(minute);
  await clock.advance(1);
  await flushed;
  set(away);
  r.export(1);
  await clock.advance(4 * second);
  assert.deepEqual(
    attempts.map(({ at }) => at),
    [1, 1 + second, 1 + 3 * second],
  );
  set(accepted);
  await clock.advance(4 * second);
  assert.deepEqual(taken, [1]);
});

test("the end keeps its deadline, gives the request under way up, and says what is lost", async () => {
  const { set, clock, exporter, names, events, dropped, ...r } = rig();
  set(away);
  r.export(1, 3);
  await clock.advance(1);
  r.export(2, 4);
  const ended = exporter.shutdown(2 * second);
  await clock.advance(2 * second);
  await ended;
  assert.equal(clock.now(), 1 + 2 * second);
  const lost = events.at(-1)!;
  assert.equal(lost.event, "telemetry.lost");
  assert.deepEqual(lost.fields, { batches: 2, dropped_datapoints: 7 });
  assert.equal(dropped(), 7);
  assert.equal(r.export(3), ExportResultCode.FAILED);
  assert.equal(dropped(), 8);
  assert.equal(clock.pending(), 0);
  await exporter.shutdown(1);
  await exporter.forceFlush(1);
  assert.equal(names().filter((name) => name === "telemetry.lost").length, 1);
});

test("an end without anything to send, or without time, ends", async () => {
  const { exporter, events } = rig();
  await exporter.shutdown(0);
  assert.deepEqual(events, []);
});

test("a callback that throws and a collection that cannot be serialised stop nothing", async () => {
  const broken = rig({}, () => {
    throw new Error("counter");
  });
  broken.set({ kind: "accepted", rejected: 1 });
  await broken.minutes(1, 2);
  assert.deepEqual(broken.taken, [1, 2]);
  assert.ok(broken.names().includes("telemetry.failed"));

  const { exporter, clock, taken, dropped, names, ...r } = rig();
  const unreadable = { ...collection(1), resource: null as never };
  let code: ExportResultCode | undefined;
  exporter.export(unreadable, (result) => {
    code = result.code;
  });
  assert.equal(code, ExportResultCode.FAILED);
  r.export(2);
  await clock.advance(1);
  assert.deepEqual(taken, [2]);
  assert.equal(dropped(), 1);
  assert.deepEqual(names(), ["telemetry.failed"]);
});
