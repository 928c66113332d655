/**
 * When a composite alarm with an actions suppressor takes its actions ("Suppressing composite alarm actions"; its six examples are the tests).
 *
 * The page does not say what happens at the end of an extension period when the alarm has not changed its state under suppression: here
 * nothing is announced, because nothing was withheld.
 */

export interface Suppression {
  /** The composite alarm changed its state at `at` (ms). True if it takes its actions now. */
  changed(at: number): boolean;
  /** The suppressor entered or left ALARM at `at`. */
  suppressorChanged(inAlarm: boolean, at: number): void;
  /** True once when a wait or an extension is over and the actions of the present state are to be taken. */
  expired(at: number): boolean;
  /** Why actions are withheld at present, in CloudWatch's words for ActionsSuppressedBy. */
  by(): "Alarm" | "WaitPeriod" | "ExtensionPeriod" | null;
}

export function createSuppression(waitPeriodSeconds: number, extensionPeriodSeconds: number): Suppression {
  let inAlarm = false;
  let withheld = false;
  let period: { readonly kind: "WaitPeriod" | "ExtensionPeriod"; readonly until: number } | null = null;

  return {
    changed: (at) => {
      if (inAlarm) {
        withheld = true;
        return false;
      }
      // A change also ends a wait or an extension that runs, and starts anew.
      period = { kind: "WaitPeriod", until: at + waitPeriodSeconds * 1000 };
      withheld = waitPeriodSeconds > 0;
      if (!withheld) period = null;
      return !withheld;
    },
    suppressorChanged: (now, at) => {
      if (now === inAlarm) return;
      inAlarm = now;
      period = now ? null : { kind: "ExtensionPeriod", until: at + extensionPeriodSeconds * 1000 };
    },
    expired: (at) => {
      if (period === null || at < period.until) return false;
      period = null;
      const due = withheld;
      withheld = false;
      return due;
    },
    by: () => (inAlarm ? "Alarm" : (period?.kind ?? null)),
  };
}
