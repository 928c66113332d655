/**
 * Collects the calling thread's garbage now, where the runtime offers it. Bun's engine lets garbage grow to the size of what is alive before it
 * looks, and counts the model's tables and WebAssembly's memory as alive. On the other runtimes nothing happens and nothing is needed.
 */
export function collectGarbage(): void {
  if ("Bun" in globalThis) Bun.gc(true);
}
