/**
 * LocalEmu with the one call that it lacks: Application Auto Scaling's ListTagsForResource answers with the tags that were given. Without it the
 * provider cannot make a scalable target. Everything else is passed on as it is.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ScalingShim {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startScalingShim(localEmu: string): Promise<ScalingShim> {
  const tags = new Map<string, Record<string, string>>();
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", () => {
      const target = String(request.headers["x-amz-target"]).split(".")[1];
      const body = Buffer.concat(chunks);
      const asked = JSON.parse(body.toString("utf8")) as Asked;
      const send = (status: number, answer: string) =>
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(answer);
      if (target === "ListTagsForResource") {
        send(200, JSON.stringify({ Tags: tags.get(asked.ResourceARN ?? "") ?? {} }));
        return;
      }
      const headers = new Headers({ "content-type": "application/x-amz-json-1.1" });
      for (const name of ["x-amz-target", "authorization", "x-amz-date"]) {
        const value = request.headers[name];
        if (typeof value === "string") headers.set(name, value);
      }
      fetch(localEmu, { method: "POST", headers, body }).then(
        async (answer) => {
          const text = await answer.text();
          if (target === "RegisterScalableTarget" && answer.ok && asked.Tags !== undefined) {
            const { ScalableTargetARN: arn } = JSON.parse(text) as { ScalableTargetARN: string };
            tags.set(arn, asked.Tags);
          }
          send(answer.status, text);
        },
        (error: unknown) => send(502, JSON.stringify({ message: String(error) })),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Asked {
  readonly ResourceARN?: string;
  readonly Tags?: Record<string, string>;
}
