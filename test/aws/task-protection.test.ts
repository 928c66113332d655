import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { createTaskProtection, type TaskProtectionOptions } from "../../src/aws/task-protection.ts";
import { after, test } from "../slow-test.ts";
import { type EcsAgent, type Mood, startEcsAgent } from "./ecs-agent.ts";

const agents: EcsAgent[] = [];
after(async () => {
  for (const agent of agents) await agent.stop();
});

async function start(options: Partial<TaskProtectionOptions> = {}) {
  const agent = await startEcsAgent();
  agents.push(agent);
  const log: string[] = [];
  const protection = createTaskProtection({
    agent: agent.uri,
    log: (event, fields = {}) => void log.push(`${event} ${String(fields["reason"] ?? "")}`.trim()),
    idleSeconds: 0.05,
    requestMilliseconds: 200,
    ...options,
  });
  const asked = () => agent.wishes.map((wish) => wish.ProtectionEnabled);
  return { agent, log, protection, asked };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (holds()) return;
    await sleep(10);
  }
  assert.fail(`it never held that ${what}`);
}

test("a busy task is protected for ten minutes, an idle one is not", async () => {
  const { agent, protection, log } = await start();
  protection.busy();
  await until("it is protected", () => agent.wishes.length === 1);
  protection.idle();
  await until("it is given back", () => agent.wishes.length === 2);
  assert.deepEqual(agent.wishes, [{ ProtectionEnabled: true, ExpiresInMinutes: 10 }, { ProtectionEnabled: false }]);
  await protection.stop();
  assert.equal(agent.wishes.length, 2, "what is given back already is not given back again");
  assert.deepEqual(log, []);
});

test("while one of two jobs runs the task stays protected", async () => {
  const { protection, asked } = await start();
  protection.busy();
  protection.busy();
  protection.idle();
  await sleep(200);
  assert.deepEqual(asked(), [true]);
  protection.idle();
  await until("it is given back", () => asked().length === 2);
  await protection.stop();
});

test("one job after another costs one wish, and not two a job", async () => {
  const { protection, asked } = await start({ idleSeconds: 0.3 });
  for (let job = 0; job < 20; job++) {
    protection.busy();
    await sleep(5);
    protection.idle();
  }
  await until("it is given back", () => asked().length === 2);
  assert.deepEqual(asked(), [true, false]);
  await protection.stop();
});

test("a job longer than the protection renews it", async () => {
  const { protection, asked } = await start({ refreshSeconds: 0.05 });
  protection.busy();
  await until("it was renewed twice", () => asked().length === 3);
  await protection.stop();
  assert.deepEqual([...new Set(asked().slice(0, -1))], [true]);
  assert.equal(asked().at(-1), false);
});

test("a stop gives the protection back at once, and what is idle after it asks for nothing", async () => {
  const { protection, asked } = await start({ idleSeconds: 60 });
  protection.busy();
  await until("it is protected", () => asked().length === 1);
  await protection.stop();
  protection.idle();
  await sleep(50);
  assert.deepEqual(asked(), [true, false]);
});

const causes: Readonly<Record<Exclude<Mood, "works">, RegExp>> = {
  refuses: /answered 400: AccessDeniedException/,
  breaks: /answered 500: no reason given/,
  fails: /DEPLOYMENT_BLOCKED/,
  hangs: /[Tt]ime|abort/,
};

for (const [mood, cause] of Object.entries(causes) as [Exclude<Mood, "works">, RegExp][]) {
  test(`an agent that ${mood} is told of once, asked again, and told of once more when it works again`, async () => {
    const { agent, log, protection } = await start({ refreshSeconds: 0.05 });
    agent.mood = mood;
    protection.busy();
    await until("it was asked three times", () => agent.wishes.length >= 3);
    assert.equal(log.length, 1);
    assert.match(log[0]!, cause);
    agent.mood = "works";
    await until("it works again", () => log.length === 2);
    assert.equal(log[1], "task_protection.works_again");
    await protection.stop();
    assert.equal(agent.wishes.at(-1)?.ProtectionEnabled, false);
  });
}

test("an agent that hangs holds up a stop for two requests at most, and one that is not there for none", async () => {
  const { agent, protection } = await start();
  agent.mood = "hangs";
  protection.busy();
  await until("it was asked", () => agent.wishes.length === 1);
  const startedAt = performance.now();
  await protection.stop();
  assert.ok(performance.now() - startedAt < 1_000);

  const log: string[] = [];
  const gone = createTaskProtection({ agent: "http://127.0.0.1:1/api", log: (event) => void log.push(event) });
  gone.busy();
  await until("it failed", () => log.length > 0);
  await gone.stop();
  assert.deepEqual(log, ["task_protection.failed"]);
});

test("elsewhere than on ECS it does nothing", async () => {
  const protection = createTaskProtection({ agent: null, log: () => assert.fail("it logged") });
  protection.busy();
  protection.idle();
  await protection.stop();
});
