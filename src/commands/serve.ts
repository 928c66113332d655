import { startService } from "../compose.ts";
import { stopRequested } from "../runtime/signals.ts";
import type { CommandContext } from "./context.ts";

/** `serve`: API and worker in one process until SIGINT or SIGTERM, then drains. */
export async function serve(context: CommandContext): Promise<void> {
  const stop = stopRequested();
  const service = await startService(context.config, (line) => context.stdout.write(`${line}\n`));
  context.stderr.write(`RetainWise listens on ${service.url}  (calls: ${service.url}/docs)\n`);
  await stop;
  await service.stop();
}
