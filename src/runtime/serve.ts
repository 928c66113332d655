/** The contract of a listening HTTP server, the same on every runtime. */
export interface ServeOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly hostname: string;
  /** 0 lets the system choose; `url` tells which it was. */
  readonly port: number;
}

export interface HttpServer {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  /**
   * Accepts no more connections, gives requests under way `graceSeconds` to come to an end, then closes what is left. Resolves when the port
   * is free; a second call waits for the first.
   */
  stop(graceSeconds?: number): Promise<void>;
}

/** Time that a request under way has to come to an end, unless told otherwise. */
export const defaultGraceSeconds = 5;

/** The address as a URL; an IPv6 address goes into brackets. */
export function serverUrl(hostname: string, port: number): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Runs `graceful`, and `force` as well when it takes longer than `graceSeconds`; resolves when `graceful` does. */
export async function stopWithin(
  graceSeconds: number,
  graceful: Promise<unknown>,
  force: () => unknown,
): Promise<void> {
  const timer = setTimeout(force, graceSeconds * 1000);
  try {
    await graceful;
  } finally {
    clearTimeout(timer);
  }
}
