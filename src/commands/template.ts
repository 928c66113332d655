import { templatesOf } from "../features/template.ts";
import type { CommandContext } from "./context.ts";

/**
 * `template [NAME]`: header, a line of guidance, example rows; upload it as it is and it maps by itself. A name is one of the default model's
 * templates, or that of another model; without a name those of the default model are listed.
 */
export async function template(context: CommandContext, name: string | null): Promise<void> {
  const { model: standard } = await context.model(null);
  const templates = templatesOf(standard.schema);
  if (name === null) {
    for (const each of templates) context.stdout.write(`${each.name.padEnd(12)}${each.title}: ${each.description}\n`);
    return;
  }
  const found = templates.find((each) => each.name === name);
  context.stdout.write((found ?? templatesOf((await context.model(name)).model.schema)[0]!).csv);
}
