import process from "node:process";

/** Resolves at the first SIGINT or SIGTERM; a second SIGINT ends the process at once. */
export function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = () => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on("SIGINT", ask);
    process.on("SIGTERM", ask);
  });
}

/** Calls `listener` at each SIGHUP. A terminal that closes sends it too: on one, it ends the process as ever. */
export function onHangup(listener: () => void): void {
  if (process.stdin.isTTY !== true) process.on("SIGHUP", listener);
}
