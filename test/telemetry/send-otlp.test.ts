import assert from "node:assert/strict";
import { after, test } from "node:test";
import { toOtlpBatch } from "../../src/telemetry/otlp-batch.ts";
import { createOtlpSender, type OtlpTarget, type SendOutcome } from "../../src/telemetry/send-otlp.ts";
import { collection, valuesOf } from "./one-point.ts";
import { type Behaviour, behaviours, startOtlpServer, status } from "./otlp-server.ts";

const server = await startOtlpServer();
after(() => server.close());
const form = { protocol: "http/json", compression: "none" } as const;
const deadline = 300;

async function outcomeOf(behaviour: Behaviour, target: Partial<OtlpTarget> = {}): Promise<SendOutcome> {
  server.behaviour = behaviour;
  const chosen = { ...form, url: server.url, headers: {}, ...target };
  const batch = toOtlpBatch(collection(7, 4), chosen)!;
  const before = performance.now();
  const outcome = await createOtlpSender(chosen)(batch, deadline, new AbortController().signal);
  const took = performance.now() - before;
  assert.ok(took < deadline + 1_000, `${took} ms for a deadline of ${deadline} ms`);
  return outcome;
}

async function mayBeRepeated(behaviour: Behaviour, expected: { status?: number; afterMilliseconds?: number } = {}) {
  const { cause: _, ...outcome } = (await outcomeOf(behaviour)) as SendOutcome & { cause?: unknown };
  assert.deepEqual(outcome, { kind: "failed", status: 0, afterMilliseconds: 0, ...expected });
}

test("an accepting answer is accepted, and the request is what the protocol says", async () => {
  assert.deepEqual(await outcomeOf(behaviours.accept, { headers: { "x-key": "secret" } }), {
    kind: "accepted",
    rejected: 0,
  });
  const { headers, body } = server.requests.at(-1)!;
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["x-key"], "secret");
  assert.deepEqual(valuesOf([body]), [7, 7, 7, 7]);
  await outcomeOf(behaviours.accept, { protocol: "http/protobuf", compression: "gzip" });
  const compressed = server.requests.at(-1)!;
  assert.equal(compressed.headers["content-type"], "application/x-protobuf");
  assert.equal(compressed.headers["content-encoding"], "gzip");
  assert.ok(compressed.body.includes("Done"));
});

test("what comes to no answer may be repeated, and the deadline ends it", async () => {
  await mayBeRepeated(behaviours.reset);
  await mayBeRepeated(behaviours.hang);
  await mayBeRepeated(behaviours.trickleHead);
});

test("a port that refuses may be tried again", async () => {
  const gone = await startOtlpServer();
  await gone.close();
  const outcome = await outcomeOf(behaviours.accept, { url: gone.url });
  assert.equal(outcome.kind, "failed");
});

test("after a 200 the batch counts as taken, whatever becomes of the answer: to repeat it would count it twice", async () => {
  for (const name of ["acceptThenHang", "acceptThenTrickle", "acceptThenCutOff", "floodAnswer"] as const) {
    assert.deepEqual(await outcomeOf(behaviours[name]), { kind: "accepted", rejected: 0 }, name);
  }
});

test("a busy backend may be asked again, no earlier than it says", async () => {
  for (const code of [408, 429, 502, 503, 504]) await mayBeRepeated(status(code), { status: code });
  await mayBeRepeated(status(429, { "retry-after": "7" }), { status: 429, afterMilliseconds: 7_000 });
  await mayBeRepeated(status(503, { "retry-after": "soon" }), { status: 503 });
  await mayBeRepeated(status(503, { "retry-after": "-5" }), { status: 503 });
  const date = new Date(Date.now() + 60_000).toUTCString();
  const outcome = await outcomeOf(status(503, { "retry-after": date }));
  assert.ok(outcome.kind === "failed" && outcome.afterMilliseconds > 50_000 && outcome.afterMilliseconds <= 60_000);
});

test("a refusal is not repeated, and a redirect is one: it would carry the headers to another host", async () => {
  for (const code of [400, 401, 403, 404, 413, 500]) {
    assert.deepEqual(await outcomeOf(status(code)), { kind: "refused", status: code });
  }
  const before = server.requests.length;
  const redirect = status(307, { location: server.url });
  assert.deepEqual(await outcomeOf(redirect), { kind: "refused", status: 307 });
  assert.equal(server.requests.length, before + 1);
});

test("partial success counts what was rejected, within what is possible", async () => {
  const answers: [string, number][] = [
    ['{"partialSuccess":{"rejectedDataPoints":"3"}}', 3],
    ['{"partialSuccess":{"rejectedDataPoints":1}}', 1],
    ['{"partialSuccess":{"rejectedDataPoints":900}}', 4],
    ['{"partialSuccess":{"rejectedDataPoints":-2}}', 0],
    ['{"partialSuccess":{"rejectedDataPoints":"many"}}', 0],
    ['{"partialSuccess":{"errorMessage":"only a warning"}}', 0],
    ["{", 0],
    ["null", 0],
  ];
  for (const [answer, rejected] of answers) {
    const behaviour = status(200, { "content-type": "application/json" }, answer);
    assert.deepEqual(await outcomeOf(behaviour), { kind: "accepted", rejected }, answer);
  }
  const protobuf: Behaviour = (response) => {
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end(Uint8Array.of(0x0a, 0x02, 0x08, 0x02));
    return true;
  };
  assert.deepEqual(await outcomeOf(protobuf, { protocol: "http/protobuf" }), { kind: "accepted", rejected: 2 });
  const garbage = status(200, { "content-type": "application/x-protobuf" }, "\u000a\u00ff\u00ff");
  assert.deepEqual(await outcomeOf(garbage, { protocol: "http/protobuf" }), { kind: "accepted", rejected: 0 });
});

test("a request that is given up ends at once, and one given up before it began is not sent", async () => {
  server.behaviour = behaviours.hang;
  const send = createOtlpSender({ ...form, url: server.url, headers: {} });
  const batch = toOtlpBatch(collection(1), form)!;
  const giveUp = new AbortController();
  setTimeout(() => giveUp.abort(), 50);
  const before = performance.now();
  assert.equal((await send(batch, 10_000, giveUp.signal)).kind, "failed");
  assert.ok(performance.now() - before < 1_000);
  assert.equal((await send(batch, 10_000, giveUp.signal)).kind, "failed");
});

test("a batch holds no more memory than its size says", () => {
  for (const protocol of ["http/json", "http/protobuf"] as const) {
    for (const compression of ["gzip", "none"] as const) {
      const { body } = toOtlpBatch(collection(1, 50), { protocol, compression })!;
      assert.equal(body.buffer.byteLength, body.length);
    }
  }
  assert.equal(toOtlpBatch(collection(1, 0), form), null);
});
