/** Moves what transactions left in the outbox to the queue. A crash between sending and marking sends twice; nothing is lost. */
import type { Log } from "../telemetry/logger.ts";
import { type Clock, systemClock } from "./clock.ts";

export interface RelayDeps {
  /** Sends up to a batch of outbox rows and marks them in one transaction; answers how many. */
  readonly relayOutbox: () => Promise<number>;
  readonly log: Log;
}

export interface Relay {
  /** There is something in the outbox: do not wait for the next look. */
  wake(): void;
  stop(): Promise<void>;
}

export function startRelay(deps: RelayDeps, options: { idleMilliseconds: number; clock?: Clock }): Relay {
  const { idleMilliseconds, clock = systemClock } = options;
  let stopped = false;
  let wakeUp: () => void = () => undefined;
  let woken = false;

  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(idleMilliseconds, resolve);
      wakeUp = () => {
        cancel();
        resolve();
      };
    });

  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      const sent = await deps.relayOutbox().catch((error: unknown) => {
        deps.log("outbox.relay_failed", {}, error);
        return 0;
      });
      if (sent === 0 && !woken && !stopped) await idle();
    }
  };

  const looping = loop();
  return {
    wake() {
      woken = true;
      wakeUp();
    },
    async stop() {
      stopped = true;
      wakeUp();
      await looping;
    },
  };
}
