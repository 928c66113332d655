/** The agent of ECS on a loopback port, as far as its task-protection endpoint is documented, with the ways in which it can fail. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** `works`, answers 400 to every request, 500 with no JSON, 200 with a failure of ECS, or nothing at all. */
export type Mood = "works" | "refuses" | "breaks" | "fails" | "hangs";

export interface Wish {
  readonly ProtectionEnabled: boolean;
  readonly ExpiresInMinutes?: number;
}

export interface EcsAgent {
  /** What ECS_AGENT_URI holds in a task. */
  readonly uri: string;
  /** Every request in its order, whatever was answered. */
  readonly wishes: Wish[];
  mood: Mood;
  stop(): Promise<void>;
}

export async function startEcsAgent(): Promise<EcsAgent> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const { method, url, headers } = request;
      if (method !== "PUT" || url !== "/api/t/task-protection/v1/state" || headers["content-type"] !== json) {
        response.writeHead(404).end();
        return;
      }
      const wish = JSON.parse(body) as Wish;
      agent.wishes.push(wish);
      const [status, answer] = answerTo(agent.mood, wish);
      if (status !== null) response.writeHead(status, { "content-type": json }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const agent: EcsAgent = {
    uri: `http://127.0.0.1:${port}/api/t`,
    wishes: [],
    mood: "works",
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return agent;
}

const json = "application/json";
const task = "arn:aws:ecs:eu-central-1:111122223333:task/cluster/0123456789abcdef";

function answerTo(mood: Mood, wish: Wish): [number | null, string] {
  switch (mood) {
    case "works": {
      const expires = new Date(Date.now() + (wish.ExpiresInMinutes ?? 120) * 60_000).toISOString();
      const protection = { ProtectionEnabled: wish.ProtectionEnabled, TaskArn: task };
      return [
        200,
        JSON.stringify({
          protection: { ...protection, ...(wish.ProtectionEnabled ? { ExpirationDate: expires } : {}) },
        }),
      ];
    }
    case "refuses":
      return [
        400,
        JSON.stringify({ requestID: "1", error: { Arn: task, Code: "AccessDeniedException", Message: "no" } }),
      ];
    case "breaks":
      return [500, "<html>"];
    case "fails":
      return [200, JSON.stringify({ failure: { Arn: task, Reason: "DEPLOYMENT_BLOCKED" } })];
    case "hangs":
      return [null, ""];
  }
}
