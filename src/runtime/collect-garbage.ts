/**
 * Collects the calling thread's garbage now, where the runtime offers it. Bun's engine lets garbage grow to the size of what is alive before it
 * looks, and counts the model's tables and WebAssembly's memory as alive. On the other runtimes nothing happens and nothing is needed.
 * `Bun.gc(true)` would drop compiled code as well, for three times the time.
 */
export const collectGarbage: () => void = "Bun" in globalThis ? (await import("bun:jsc")).fullGC : () => undefined;
