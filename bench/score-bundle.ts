import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { measure } from "./measure.ts";
import { root } from "./rig.ts";

export interface ScoreBundle {
  readonly folder: string;
  /** With which the product finds it and trusts it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A bundle of so many trees below `folder`, made from customers.csv there and signed with a key that is made here and then forgotten. */
export async function makeScoreBundle(
  folder: string,
  python: string,
  customers: string,
  trees: number,
): Promise<ScoreBundle> {
  const bundle = join(folder, "models/telecom/9.0.0");
  const keys = join(folder, "keys");
  mkdirSync(keys);
  const environment = { RETAINWISE_MODELS: join(folder, "models"), RETAINWISE_MODEL_KEYS: keys };
  await measure([python, join(root, "bench/rivals/score_bundle.py"), bundle, customers, String(trees)], null);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const secret = join(folder, "private.pem");
  writeFileSync(secret, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const signed = await measure(
    [process.execPath, join(root, "src/cli.ts"), "model", "sign", bundle, "--key", secret],
    null,
    environment,
  );
  rmSync(secret);
  writeFileSync(join(keys, "bench.pem"), signed.stdout);
  return { folder: bundle, environment };
}
