import { templateCsv } from "../features/template.ts";
import type { CommandContext } from "./context.ts";

/** `template NAME`: header, a line of guidance, example rows; upload it as it is and it maps by itself. */
export async function template(context: CommandContext, name: string): Promise<void> {
  const { model } = await context.model(name);
  context.stdout.write(templateCsv(model.schema));
}
