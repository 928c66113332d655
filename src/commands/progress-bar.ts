import type { WriteStream } from "node:tty";

const width = 30;

export interface ProgressBar {
  /** `share` 0…1 of the work; `rows` so far that were `what` ("read", "scored"). */
  show(share: number, rows: number, what: string): void;
  clear(): void;
}

/** One line that is drawn over itself; nothing at all where stderr is no terminal. */
export function createProgressBar(stderr: Pick<WriteStream, "isTTY" | "write">): ProgressBar {
  if (!stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show(share, rows, what) {
      if (performance.now() - drawnAt < 100) return;
      drawnAt = performance.now();
      const filled = Math.round(width * Math.min(1, Math.max(0, share)));
      const bar = "█".repeat(filled) + "░".repeat(width - filled);
      stderr.write(
        `\r\x1b[2K${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${rows.toLocaleString("en-US")} rows ${what}`,
      );
    },
    clear() {
      stderr.write("\r\x1b[2K");
    },
  };
}
