import { startService } from "../compose.ts";
import { RetainWiseError } from "../errors.ts";
import { stopRequested } from "../runtime/signals.ts";
import type { CommandContext } from "./context.ts";

/** `serve`: API and worker in one process until SIGINT or SIGTERM, then drains. Ends by itself, with an error, when its database is gone. */
export async function serve(context: CommandContext): Promise<void> {
  const stop = stopRequested();
  const service = await startService(context.config, (line) => context.stdout.write(`${line}\n`));
  context.stderr.write(`RetainWise listens on ${service.url}  (calls: ${service.url}/docs)\n`);
  const lost = await Promise.race([stop, service.lost]);
  await service.stop();
  if (lost instanceof RetainWiseError) throw lost;
}
