import type { HttpServer, ServeOptions } from "./serve.ts";

/** What differs between the runtimes. */
export interface Runtime {
  readonly name: "bun" | "deno" | "node";
  readonly serve: (options: ServeOptions) => Promise<HttpServer>;
}

/** The runtime that this process is, found by its features; only its own file is loaded. */
export async function loadRuntime(): Promise<Runtime> {
  if ("Bun" in globalThis) return { name: "bun", serve: (await import("./bun.ts")).serve };
  if ("Deno" in globalThis) return { name: "deno", serve: (await import("./deno.ts")).serve };
  return { name: "node", serve: (await import("./node.ts")).serve };
}
