import { migrateDatabase } from "../administration.ts";
import type { CommandContext } from "./context.ts";

/** `migrate`: brings the database's schema up to date, as a step of its own before a new version is deployed. */
export async function migrate(context: CommandContext): Promise<void> {
  const applied = await migrateDatabase(context.config);
  context.stderr.write(applied === 0 ? "The schema is up to date\n" : `${applied} migrations applied\n`);
}
