/** A backend for metrics by OTLP over HTTP in JSON that counts what it was told, and can be away in several ways. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

/** refuse: nobody listens · hang: takes requests and does nothing with them · slow: the usual, after five seconds. */
export type BackendMode = "well" | "refuse" | "hang" | "503" | "slow";

/** Sums of deltas. */
export interface Counted {
  readonly uploads: number;
  readonly rows: number;
  /** Measurements that the service says it could not deliver. */
  readonly dropped: number;
}

export interface OtlpBackend {
  readonly url: string;
  set(mode: BackendMode): Promise<void>;
  counted(): Counted;
  stop(): Promise<void>;
}

interface Metric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly { readonly asInt?: number | string; readonly asDouble?: number }[] };
}
interface Export {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }[];
}

export async function startOtlpBackend(): Promise<OtlpBackend> {
  let mode: BackendMode = "well";
  const sums = new Map<string, number>();

  const take = (body: string): void => {
    const { resourceMetrics } = JSON.parse(body) as Export;
    for (const { name, sum } of resourceMetrics.flatMap((one) => one.scopeMetrics.flatMap(({ metrics }) => metrics)))
      for (const { asInt, asDouble } of sum?.dataPoints ?? [])
        sums.set(name, (sums.get(name) ?? 0) + Number(asInt ?? asDouble));
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const zipped = request.headers["content-encoding"] === "gzip";
    const body = zipped ? gunzipSync(await bytesOf(request)).toString() : await text(request);
    if (mode === "hang") return;
    if (mode === "slow") await sleep(5_000);
    if (mode === "503") response.writeHead(503).end();
    else {
      take(body);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    }
  };
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const made = createServer((request, response) => {
        // A client that goes away in the middle is no fault of this end.
        answer(request, response).catch(() => response.destroy());
      });
      made.once("error", reject);
      made.listen(port, "127.0.0.1", () => resolve(made));
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async set(next) {
      const before = mode;
      mode = next;
      if (next === "refuse") await close();
      else if (before === "refuse") server = await listen(port);
      else if (before === "hang") server.closeAllConnections();
    },
    counted: () => ({
      uploads: sums.get("UploadSuccess") ?? 0,
      rows: sums.get("PredictionsSaved") ?? 0,
      dropped: sums.get("TelemetryDropped") ?? 0,
    }),
    stop: async () => {
      if (mode !== "refuse") await close();
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
