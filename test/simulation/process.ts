/**
 * A process of the simulated world. All it does to the world goes through `call`, where it can be slow, fail before or after the effect, be
 * stopped for a while, or die; what a dead process waits for never comes.
 */
import type { RetainWiseError } from "../../src/errors.ts";
import type { Clock } from "../../src/jobs/clock.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What happens to one call. */
export type Fault =
  | { readonly type: "crash" | "fail"; readonly when: "before" | "after" }
  /** The call alone takes longer · the whole process stands still. */
  | { readonly type: "slow" | "freeze"; readonly when: "before" | "after"; readonly seconds: number };

export interface ProcessDeps {
  readonly clock: VirtualClock;
  /** Resolves when it is this call's turn. */
  readonly turn: (label: string) => Promise<void>;
  /** What happens to the call that is under way. */
  readonly faultOf: (label: string, part: Part) => Fault | null;
  readonly onDeath: (process: Process) => void;
  readonly trace: (line: string) => void;
}

export type Part = "database" | "queue" | "objects";

export interface Process {
  readonly name: string;
  readonly clock: Clock;
  readonly isDead: () => boolean;
  call<T>(part: Part, name: string, effect: () => T, failure: () => RetainWiseError): Promise<T>;
  /** kill -9. */
  kill(why: string): void;
}

const never = new Promise<never>(() => undefined);

export function createProcess(name: string, deps: ProcessDeps): Process {
  const { clock, turn, faultOf, onDeath, trace } = deps;
  let dead = false;
  let frozenUntil = 0;
  const stopTimers: (() => void)[] = [];

  /** What the process does at a time goes on only while it lives, and later when it stands still. */
  const alive = async (): Promise<void> => {
    while (!dead && frozenUntil > clock.now())
      await new Promise<void>((go) => clock.after(frozenUntil - clock.now(), go));
    if (dead) await never;
  };
  const suffer = async (fault: Fault | null, when: Fault["when"], failure: () => RetainWiseError): Promise<void> => {
    if (fault === null || fault.when !== when) return;
    if (fault.type === "crash") process.kill(when);
    if (fault.type === "freeze") frozenUntil = Math.max(frozenUntil, clock.now() + fault.seconds * 1_000);
    if (fault.type === "slow") await new Promise<void>((go) => clock.after(fault.seconds * 1_000, go));
    await alive();
    if (fault.type === "fail") throw failure();
  };

  const process: Process = {
    name,
    isDead: () => dead,
    clock: {
      now: () => clock.now(),
      after: (milliseconds, work) => clock.after(milliseconds, () => void alive().then(work)),
      every(milliseconds, work) {
        let cancel: () => void = () => undefined;
        const next = (): void => {
          cancel = clock.after(milliseconds, () => {
            next();
            void alive().then(work);
          });
        };
        next();
        stopTimers.push(() => cancel());
        return () => cancel();
      },
    },
    async call(part, called, effect, failure) {
      const label = `${name}: ${called}`;
      await turn(label);
      await alive();
      const fault = faultOf(label, part);
      if (fault !== null) trace(`${label}  ${Object.values(fault).join(" ")}`);
      await suffer(fault, "before", failure);
      const outcome = attempt(effect);
      if ("error" in outcome) trace(`${label}  ${String(outcome.error)}`);
      else if (!isNothing(outcome.result)) trace(`${label}  ${describe(outcome.result)}`);
      await suffer(fault, "after", failure);
      await turn(`${label} answered`);
      await alive();
      if ("error" in outcome) throw outcome.error;
      return outcome.result;
    },
    kill(why) {
      if (dead) return;
      dead = true;
      trace(`${name} dies (${why})`);
      for (const stop of stopTimers) stop();
      onDeath(process);
    },
  };
  return process;
}

function attempt<T>(effect: () => T): { result: T } | { error: unknown } {
  try {
    return { result: effect() };
  } catch (error) {
    return { error };
  }
}

/** Looks that found nothing would fill the story. */
const isNothing = (result: unknown): boolean => Array.isArray(result) && result.length === 0;

function describe(result: unknown): string {
  if (result === undefined) return "";
  const text = JSON.stringify(result) ?? "";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
