import type { CommandContext } from "./context.ts";

/** `model verify DIR`: signature over the bytes, graph, golden rows; an error names what does not hold. */
export async function verifyModel(context: CommandContext, folder: string): Promise<void> {
  const { model } = await context.model({ folder });
  const { schema, explainerFacts } = model;
  context.stdout.write(
    [
      `ok  ${schema.name} ${schema.version}`,
      `    digest      sha256:${model.digest}`,
      `    signed by   ${model.keyId}`,
      `    features    ${schema.features.length} (${schema.features
        .filter((feature) => feature.required)
        .map((feature) => feature.name)
        .join(", ")} required)`,
      `    background  ${explainerFacts.backgroundRows} rows, base value ${model.baseValue.toFixed(4)} log-odds`,
      `    explainer   built in ${Math.round(explainerFacts.buildMilliseconds)} ms, tables of ${(explainerFacts.tableBytes / 2 ** 20).toFixed(1)} MiB`,
      "",
    ].join("\n"),
  );
}

/** `model show DIR`: the card of a bundle that verifies. */
export async function showModel(context: CommandContext, folder: string): Promise<void> {
  const { model } = await context.model({ folder });
  context.stdout.write(`${model.card.trimEnd()}\n`);
}
