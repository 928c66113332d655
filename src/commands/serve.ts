import { type Role, startService } from "../compose.ts";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { onHangup, stopRequested } from "../runtime/signals.ts";
import type { CommandContext } from "./context.ts";

/** `serve`, `api`, `worker`: both halves or one, until SIGINT or SIGTERM, then drains. Ends by itself, with an error, when its database is gone. `canary`: golden customers go the whole way now and then. */
export async function serve(context: CommandContext, role: Role, canary: boolean): Promise<void> {
  const stop = stopRequested();
  const { canarySeconds } = context.config;
  const config = { ...context.config, canarySeconds: canarySeconds ?? (canary ? limits.canarySeconds : null) };
  const service = await startService(role, config, (line) => context.stdout.write(`${line}\n`));
  onHangup(service.reloadModels);
  const place =
    service.url === ""
      ? "takes jobs from the queue"
      : `listens on ${service.url}  (open it in a browser; calls: ${service.url}/docs)`;
  context.stderr.write(`RetainWise ${place}\n`);
  const lost = await Promise.race([stop, service.lost]);
  await service.stop();
  if (lost instanceof RetainWiseError) throw lost;
}
