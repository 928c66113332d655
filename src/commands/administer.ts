import { type Administration, openAdministration } from "../administration.ts";
import type { CommandContext } from "./context.ts";

/** Opens what an operator works on for one command, and closes it whatever happens. */
export async function administer(
  context: CommandContext,
  work: (operator: Administration) => Promise<void>,
): Promise<void> {
  const operator = await openAdministration(context.config);
  try {
    await work(operator);
  } finally {
    await operator.stop();
  }
}
