/** Breaks something when the traffic of the database comes to a named point; a point that is not reached in time is a mistake of the test. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rig } from "./rig.ts";
import type { Point } from "./tripwire.ts";

export interface AtPoint {
  readonly point: Point;
  /** Told whose connection it was. */
  readonly act: (owner: string) => void;
  /** Looked for in the parameters of the point's last statement. */
  readonly about?: string;
}

/** Begins the work once the wire is set; answers whose connection came to the point. */
export async function atPoint(rig: Rig, { point, act, about }: AtPoint, begin: () => void): Promise<string> {
  const reached = rig.tripwire.arm(point, act, about);
  begin();
  const owner = await Promise.race([reached, sleep(30_000, "", { ref: false })]);
  rig.tripwire.disarm();
  assert.notEqual(owner, "", `not reached: ${point.name}\n${rig.part("worker").service.output().slice(-2_000)}`);
  return owner;
}

/** The owner's process is killed and starts again. */
export async function killAtPoint(rig: Rig, point: Point, begin: () => void, about?: string): Promise<void> {
  const owner = await atPoint(rig, { point, act: (who) => rig.kill(who), ...(about && { about }) }, begin);
  await rig.revive(owner);
}

/** The database is restarted without a word to anybody, and is back when this answers. */
export async function restartAtPoint(rig: Rig, point: Point, begin: () => void, about?: string): Promise<void> {
  let restarted = Promise.resolve();
  const act = () => {
    restarted = rig.server.restartAtOnce();
  };
  await atPoint(rig, { point, act, ...(about && { about }) }, begin);
  await restarted;
}
