/** Finishes deletions that something interrupted; a look at the start and one now and then. */
import { limits } from "../limits.ts";
import type { Log } from "../telemetry/logger.ts";

export interface SweeperDeps {
  /** Answers how many deletions were finished. */
  readonly sweep: () => Promise<number>;
  readonly log: Log;
}

export interface Sweeper {
  /** There is something to sweep: do not wait for the next look. */
  wake(): void;
  stop(): Promise<void>;
}

export function startSweeper(deps: SweeperDeps): Sweeper {
  let running = Promise.resolve();
  const look = (): void => {
    running = running.then(async () => {
      try {
        const swept = await deps.sweep();
        if (swept > 0) deps.log("deletions.swept", { swept });
      } catch (error) {
        deps.log("deletions.sweep_failed", { cause: String(error) });
      }
    });
  };
  look();
  const timer = setInterval(look, limits.sweepSeconds * 1_000);
  return {
    wake: look,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
