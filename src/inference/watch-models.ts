/** Looks for new models now and then, and at once when asked. One look at a time. */
import { toRetainWiseError } from "../errors.ts";
import type { Log } from "../telemetry/logger.ts";

export interface ModelWatch {
  /** Looks now; while a look is under way, again after it. */
  wake(): void;
  /** Ends after the look under way. */
  stop(): Promise<void>;
}

export function watchModels(
  deps: { readonly look: () => Promise<boolean>; readonly log: Log },
  options: { readonly idleMilliseconds: number; readonly retryMilliseconds: number; readonly settled: boolean },
): ModelWatch {
  let stopped = false;
  let running: Promise<void> | null = null;
  let again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wait = (settled: boolean): void => {
    if (!stopped) timer = setTimeout(wake, settled ? options.idleMilliseconds : options.retryMilliseconds);
  };
  const look = async (): Promise<void> => {
    let settled = false;
    do {
      again = false;
      settled = await deps.look().catch((caught: unknown) => {
        const error = toRetainWiseError(caught);
        // A folder that cannot be read has told so already.
        if (error.code !== "config_invalid") deps.log("models.look_failed", {}, error);
        return false;
      });
    } while (again && !stopped);
    running = null;
    wait(settled);
  };
  const wake = (): void => {
    if (stopped) return;
    if (running !== null) {
      again = true;
      return;
    }
    clearTimeout(timer);
    running = look();
  };

  wait(options.settled);
  return {
    wake,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
