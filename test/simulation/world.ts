/** One world from its first upload to its rest: processes that die and come back, people, weather, and the time that passes. */
import type { Scheduler } from "fast-check";
import { redriveDeadJobs } from "../../src/jobs/dead-jobs.ts";
import { createDice } from "./dice.ts";
import { connect, type Shared, startHouse, startWorker } from "./halves.ts";
import { createMemoryQueue } from "./memory-queue.ts";
import { type ApiHalf, livePerson, type Person } from "./people.ts";
import { createProcess, type Fault, type Part, type Process, type ProcessDeps } from "./process.ts";
import { type Scenario, tenantCount, workerCount } from "./scenario.ts";
import { createTables, releaseLocks } from "./tables.ts";
import { createVirtualClock } from "./virtual-clock.ts";
import { isMendedByNobody, type Weakness } from "./weakness.ts";

export interface World {
  readonly shared: Shared;
  readonly people: readonly Person[];
  readonly trace: string[];
  /** Job ends by their code; null: completed. */
  readonly ends: { readonly uploadId: string; readonly code: string | null }[];
  /** Runs until nothing is left to do; throws when that takes longer than so many seconds of the world. */
  untilQuiet(withinSeconds: number): Promise<void>;
  /** An operator puts all dead letters back. */
  redrive(): Promise<number>;
  /** Seconds of the world. */
  now(): number;
}

/** Nothing is delivered twice without a reason after this; outages and people end before it as well. */
const stormSeconds = 240;

/** More turns than any world of these sizes needs: beyond it something runs in a circle. */
const mostTurns = 60_000;

export function createWorld(scenario: Scenario, scheduler: Scheduler, weakness: Weakness | null = null): World {
  const clock = createVirtualClock();
  const dice = createDice(scenario.weather);
  const { duplicates, losses, deliveries, delaySeconds, slots } = scenario;
  const trace: string[] = [];
  const ends: World["ends"] = [];
  const say = (line: string): void =>
    void trace.push(`${(clock.now() / 1_000).toFixed(1).padStart(7)} s  ${short(line)}`);

  const shared: Shared = {
    tables: createTables(() => clock.now()),
    queue: createMemoryQueue({
      ...{ clock, dice, deliveries, delaySeconds, weakness },
      losses: () => (clock.now() < stormSeconds * 1_000 && !isMendedByNobody(weakness) ? losses : 0),
      duplicates: () => (clock.now() < stormSeconds * 1_000 ? duplicates : 0),
    }),
    objects: new Map(),
    tenantIds: Array.from({ length: tenantCount }, (_, i) => `${idStart.tenant}${i}`),
    ...{ dice, slots, weakness },
    log(process, event, fields, cause) {
      if (event === "job.completed" && "upload_id" in fields)
        ends.push({ uploadId: String(fields.upload_id), code: null });
      if (event === "job.failed" && "code" in fields && "upload_id" in fields)
        ends.push({ uploadId: String(fields.upload_id), code: String(fields.code) });
      if (cause !== undefined) say(`${process.name}: ${event} ${String(cause).split("\n")[0]}`);
    },
  };

  let calls = 0;
  const deps: ProcessDeps = {
    clock,
    trace: say,
    async turn(label) {
      const draw = dice();
      if (draw > 0.7) await new Promise<void>((go) => clock.after(draw > 0.95 ? dice() * 3_000 : dice() * 200, go));
      await scheduler.schedule(Promise.resolve(), label);
    },
    faultOf(_label, part): Fault | null {
      const number = calls++;
      const found = scenario.faults.find(({ call }) => call === number)?.fault;
      return found ?? (isOut(part) ? { type: "fail", when: "before" } : null);
    },
    onDeath(process) {
      releaseLocks(shared.tables, process);
      const name = process.name.replace(/#\d+$/, "");
      clock.after(1_000 + dice() * 19_000, () => start(name));
    },
  };
  const isOut = (part: Part): boolean =>
    scenario.outages.some(
      (outage) =>
        outage.part === part &&
        clock.now() >= outage.fromSeconds * 1_000 &&
        clock.now() < (outage.fromSeconds + outage.seconds) * 1_000,
    );

  const running = new Map<string, { process: Process; stop: () => Promise<void> }>();
  let api: ApiHalf;
  let generation = 0;
  const start = (name: string): void => {
    let die: () => void = () => undefined;
    const died = new Promise<void>((resolve) => {
      die = resolve;
    });
    const process = createProcess(`${name}#${generation++}`, {
      ...deps,
      onDeath(process) {
        die();
        deps.onDeath(process);
      },
    });
    const parts = connect(process, shared);
    if (name === "api") {
      const relay = startHouse(process, parts, shared);
      api = { ...parts, died, wakeRelay: () => relay.wake() };
    } else {
      if (name === "worker1") startHouse(process, parts, shared);
      running.set(name, { process, stop: startWorker(process, parts, shared) });
    }
  };
  start("api");
  for (let i = 1; i <= workerCount; i++) start(`worker${i}`);
  for (const { atSeconds, worker } of scenario.stops) {
    clock.after(atSeconds * 1_000, () => {
      const { process, stop } = running.get(`worker${worker + 1}`)!;
      if (process.isDead()) return;
      say(`${process.name} is asked to stop`);
      // The task is killed when it does not stop in time, and when it has stopped its process ends.
      clock.after(30_000, () => process.kill("stopTimeout"));
      void stop().then(() => process.kill("stopped"));
    });
  }

  const people: Person[] = scenario.uploads.map((plan, i) => {
    const tenantId = shared.tenantIds[plan.tenant]!;
    return { tenantId, uploadId: `${idStart.upload}${i}`, plan, accepted: false, deleting: false, gone: false };
  });
  for (const person of people) void livePerson(person, clock, () => api);

  let turns = 0;
  const runUntil = async (holds: () => boolean, withinSeconds: number): Promise<void> => {
    const end = clock.now() + withinSeconds * 1_000;
    for (;;) {
      // All that follows from the last turn has happened before the next is drawn.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (holds()) return;
      if (clock.now() > end || turns++ > mostTurns) throw new Error(`no rest after ${withinSeconds} s, ${turns} turns`);
      if (scheduler.count() > 0) await scheduler.waitOne();
      else if (!clock.advance()) throw new Error("nothing more will happen");
    }
  };
  const isQuiet = (): boolean =>
    shared.queue.live.size === 0 &&
    shared.tables.outbox.length === 0 &&
    shared.tables.intents.size === 0 &&
    [...shared.tables.uploads.values()].every(
      (row) =>
        row.deletedAt === null && ((row.status !== "pending" && row.status !== "processing") || waitsForOperator()),
    ) &&
    // Who has a question waits until it is asked; an upload that was given up never asks.
    people.every(
      (person) => person.gone || shared.tables.uploads.get(person.uploadId)?.status === "failed" || waitsForOperator(),
    );
  const waitsForOperator = (): boolean => isMendedByNobody(weakness) && shared.queue.dead.size > 0;

  return {
    shared,
    people,
    trace,
    ends,
    now: () => clock.now() / 1_000,
    async untilQuiet(withinSeconds) {
      const end = clock.now() + withinSeconds * 1_000;
      do {
        await runUntil(isQuiet, (end - clock.now()) / 1_000);
        // Whoever was frozen wakes up and may still do harm.
        const later = clock.now() + 200_000;
        await runUntil(() => clock.now() >= later, 1_000);
      } while (!isQuiet());
    },
    async redrive() {
      const operator = createProcess("operator", { ...deps, faultOf: () => null });
      let moved: number | null = null;
      let failure: unknown = null;
      redriveDeadJobs(connect(operator, shared), null).then(
        (count) => {
          moved = count;
        },
        (error: unknown) => {
          failure = error;
        },
      );
      await runUntil(() => moved !== null || failure !== null, 600);
      if (failure !== null) throw failure;
      return moved ?? 0;
    },
  };
}

const idStart = { tenant: "00000000-0000-4000-8000-00000000010", upload: "00000000-0000-4000-8000-00000000020" };

/** Ids as a person reads them: t0, u1. */
const short = (line: string): string =>
  line
    .replaceAll(idStart.tenant, "t")
    .replaceAll(idStart.upload, "u")
    .replaceAll(/\{\\"version\\":1,\\"upload_id\\":\\"(u\d)\\",\\"tenant_id\\":\\"(t\d)\\"\}/g, "$1 of $2");
