/** A world from beginning to end, and what was wrong with it; the error tells the story. */
import type { Scheduler } from "fast-check";
import { parseMessage } from "../../src/queue/message.ts";
import { violations } from "./invariants.ts";
import type { Scenario } from "./scenario.ts";
import { isMendedByNobody, type Weakness } from "./weakness.ts";
import { createWorld, type World } from "./world.ts";

/** Seconds of the world within which it must be at rest: backoff up to ten minutes, five receives, jobs of five minutes. */
const restSeconds = 4 * 3_600;
/** An upload of a redriven message may need another turn; a poisonous one needs as many as it has strikes. */
const mostRedrives = 4;

export interface Rehearsed extends World {
  readonly facts: RestFacts;
}

/** What the first rest looked like, before an operator did anything. */
export interface RestFacts {
  /** Uploads that came to no end and wait beside their dead letter. */
  readonly stranded: number;
  /** Dead letters of uploads that have ended or are gone: their message was received too often for nothing. */
  readonly idleDead: number;
  /** Seconds of the world. */
  readonly restedAfter: number;
}

function atRest({ shared: { tables, queue }, now }: World): RestFacts {
  const rows = [...tables.uploads.values()];
  const open = new Set(
    rows.filter(({ status }) => status === "pending" || status === "processing").map((row) => row.uploadId),
  );
  const dead = [...queue.dead.values()].map(({ body }) => parseMessage(body).uploadId);
  const ended = dead.filter((id) => !open.has(id) && tables.uploads.get(id)?.error?.code !== undefined);
  return {
    stranded: open.size,
    idleDead: dead.length - ended.length - dead.filter((id) => open.has(id)).length,
    restedAfter: now(),
  };
}

export async function rehearse(
  scenario: Scenario,
  scheduler: Scheduler,
  weakness: Weakness | null = null,
): Promise<Rehearsed> {
  const world = createWorld(scenario, scheduler, weakness);
  const check = (final: boolean): void => {
    const found = violations(world, final);
    if (found.length > 0) throw new Error(found.join("; "));
  };
  try {
    await world.untilQuiet(restSeconds);
    if (!isMendedByNobody(weakness)) check(false);
    const facts = atRest(world);
    for (let redrives = 0; redrives < mostRedrives && world.shared.queue.dead.size > 0; redrives++) {
      await world.redrive();
      await world.untilQuiet(restSeconds);
    }
    check(true);
    return { ...world, facts };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${world.trace.join("\n")}`);
  }
}
