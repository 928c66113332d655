import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { after, test } from "../slow-test.ts";
import { type FaultMode, startFaultProxy, type Verdict } from "./proxy.ts";

const sockets = new Set<Socket>();
const told: string[] = [];
const echo = createTcpServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => undefined);
  socket.on("data", (bytes) => {
    told.push(String(bytes));
    socket.write(bytes);
  });
});
const http = createServer((_, response) => void response.end("fine"));
for (const server of [echo, http]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => {
  for (const socket of sockets) socket.destroy();
  echo.close();
  http.close();
});
const portOf = (server: { address(): unknown }) => (server.address() as { port: number }).port;
const target = { host: "127.0.0.1", port: portOf(echo) };

/** What comes back for a word within 300 ms, or how the connection ended. */
async function say(socket: Socket, word: string): Promise<string> {
  const ended = once(socket, "error").then(([error]) => String((error as NodeJS.ErrnoException).code));
  const closed = once(socket, "close").then(() => "closed");
  const heard = once(socket, "data").then(([bytes]) => String(bytes));
  socket.write(word);
  for (const each of [ended, closed, heard]) each.catch(() => undefined);
  return Promise.race([heard, ended, closed.then(() => sleep(20, "closed")), sleep(300, "silence")]);
}
const dial = (port: number): Socket => connect({ host: "127.0.0.1", port }).on("error", () => undefined);

test("passes, refuses, resets and serves again on the same port", async () => {
  const proxy = await startFaultProxy(target);
  const socket = dial(proxy.port);
  assert.equal(await say(socket, "one"), "one");
  await proxy.set("refuse");
  assert.notEqual(await say(socket, "two"), "two");
  assert.equal(await say(dial(proxy.port), "three"), "ECONNREFUSED");
  await proxy.set("pass");
  const again = dial(proxy.port);
  assert.equal(await say(again, "four"), "four");
  const ended = once(again, "error");
  await proxy.set("reset");
  assert.equal(((await ended)[0] as NodeJS.ErrnoException).code, "ECONNRESET");
  assert.match(await say(dial(proxy.port), "five"), /ECONNRESET|EPIPE|closed/);
  await proxy.set("pass");
  assert.equal(await say(dial(proxy.port), "six"), "six");
  await proxy.stop();
  assert.equal(await say(dial(proxy.port), "seven"), "ECONNREFUSED");
});

test("what waits in a hang moves on afterwards, an open connection that met a loss never does, a new one gets through afterwards", async () => {
  const proxy = await startFaultProxy(target);
  for (const [mode, meanwhile, afterwards] of [
    ["hang", "old", "new"],
    ["lose", "old", "silence"],
    ["lose answers", "new", "silence"],
  ] as const satisfies [FaultMode, string, string][]) {
    const old = dial(proxy.port);
    assert.equal(await say(old, "old"), "old");
    await proxy.set(mode);
    const fresh = dial(proxy.port);
    assert.equal(await say(old, "new"), "silence");
    assert.equal(await say(fresh, "new"), "silence");
    // What the server was told meanwhile, on the connection that was open.
    assert.equal(told.at(-1), meanwhile, mode);
    const heard = [old, fresh].map((socket) =>
      Promise.race([once(socket, "data").then(([bytes]) => String(bytes)), sleep(300, "silence")]),
    );
    await proxy.set("pass");
    assert.deepEqual(await Promise.all(heard), [afterwards, "new"], mode);
    assert.equal(await say(dial(proxy.port), "last"), "last");
  }
  await proxy.stop();
});

test("answers for an HTTP server, and lets it answer again", async () => {
  const proxy = await startFaultProxy({ host: "127.0.0.1", port: portOf(http) });
  const ask = async () => (await fetch(`http://127.0.0.1:${proxy.port}/`, { method: "POST", body: "x" })).status;
  assert.equal(await ask(), 200);
  await proxy.set({ answer: 503 });
  assert.equal(await ask(), 503);
  await proxy.set("pass");
  assert.equal(await ask(), 200);
  await proxy.stop();
});

test("an inspector sees both directions, holds one back for ever and delays another", async () => {
  const seen: string[] = [];
  const judge = (side: string) => (bytes: Buffer) => {
    seen.push(`${side} ${bytes}`);
    return ({ "client stop": "hold", "client slow": 150 } as Record<string, Verdict>)[`${side} ${bytes}`] ?? "pass";
  };
  const proxy = await startFaultProxy(target, () => ({ fromClient: judge("client"), fromServer: judge("server") }));
  const socket = dial(proxy.port);
  const startedAt = performance.now();
  assert.equal(await say(socket, "slow"), "slow");
  assert.ok(performance.now() - startedAt > 140);
  assert.equal(await say(socket, "stop"), "silence");
  assert.equal(await say(socket, "more"), "silence");
  assert.deepEqual(seen, ["client slow", "server slow", "client stop"]);
  assert.equal(proxy.ports().size, 1);
  await proxy.stop();
});
