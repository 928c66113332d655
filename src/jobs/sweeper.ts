/** Finishes what something interrupted: deletions, objects without an upload, work without a message. A look at the start and one now and then. */
import { limits } from "../limits.ts";
import type { Log } from "../telemetry/logger.ts";
import { type Clock, systemClock } from "./clock.ts";

export interface SweeperDeps {
  /** What is looked for: name → answers how many were found and finished. */
  readonly chores: Readonly<Record<string, () => Promise<number>>>;
  readonly log: Log;
}

export interface Sweeper {
  /** There is something to sweep: do not wait for the next look. */
  wake(): void;
  stop(): Promise<void>;
}

export function startSweeper(deps: SweeperDeps, { clock = systemClock }: { clock?: Clock } = {}): Sweeper {
  let running = Promise.resolve();
  const look = (): void => {
    running = running.then(async () => {
      for (const [chore, sweep] of Object.entries(deps.chores)) {
        try {
          const swept = await sweep();
          if (swept > 0) deps.log("sweep.done", { chore, swept });
        } catch (error) {
          deps.log("sweep.failed", { chore }, error);
        }
      }
    });
  };
  look();
  const endLooks = clock.every(limits.sweepSeconds * 1_000, look);
  return {
    wake: look,
    async stop() {
      endLooks();
      await running;
    },
  };
}
