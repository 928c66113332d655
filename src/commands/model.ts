import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { RetainWiseError } from "../errors.ts";
import { readBundleFolder } from "../model/folder.ts";
import { readSigningKey, signFiles } from "../model/sign.ts";
import { signatureFile } from "../model/signature.ts";
import type { CommandContext } from "./context.ts";

/** `model verify DIR`: signature over the bytes, graph, golden rows; an error names what does not hold. */
export async function verifyModel(context: CommandContext, folder: string): Promise<void> {
  const { model } = await context.model({ bundle: folder });
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
  const { model } = await context.model({ bundle: folder });
  context.stdout.write(`${model.card.trimEnd()}\n`);
}

/**
 * `model sign DIR --key FILE`: signs what would verify, and nothing else: graph and golden rows are checked before `model.sig` is written.
 * The public key goes to stdout, to be pinned in the folder of RETAINWISE_MODEL_KEYS.
 */
export async function signModel(context: CommandContext, folder: string, keyFile: string): Promise<void> {
  const pem = await readFile(keyFile, "utf8").catch((cause: unknown) => {
    throw new RetainWiseError("file_unreadable", `${keyFile} cannot be read.`, { cause });
  });
  const key = readSigningKey(pem);
  const files = await readBundleFolder(folder);
  files.set(signatureFile, await signFiles(files, basename(resolve(folder)), key));
  const { model } = await context.model({ bundle: files, keys: [key.publicKey] });
  await writeFile(join(folder, signatureFile), files.get(signatureFile)!).catch((cause: unknown) => {
    throw new RetainWiseError("file_unwritable", `${join(folder, signatureFile)} cannot be written.`, { cause });
  });
  context.stderr.write(
    `signed ${model.schema.name} ${model.schema.version}, ${files.size - 1} files, digest sha256:${model.digest}\n`,
  );
  context.stdout.write(key.publicKey);
}
