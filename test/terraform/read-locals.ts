/** Locals of `terraform/` as values: what a plan would compute of them, without a provider that asks AWS who it is. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Terraform } from "./terraform.ts";

export const account = "111122223333";

export const variables = {
  region: "eu-central-1",
  environment: "test",
  image: "a:1",
  collector_image: "a:1",
  certificate_arn: "arn:aws:acm:eu-central-1:111122223333:certificate/1",
};

/** The values of `local.<name>`, in order. Account and partition, which only AWS knows, are set. */
export async function readLocals(terraform: Terraform, names: readonly string[]): Promise<unknown[]> {
  const override = join(terraform.folder, "account_override.tf");
  await writeFile(override, `locals {\n  account   = "${account}"\n  partition = "aws"\n}\n`);
  const given = Object.entries(variables).flatMap(([name, value]) => ["-var", `${name}=${value}`]);
  const expression = `jsonencode([${names.map((name) => `local.${name}`).join(", ")}])\n`;
  const { output } = await terraform.run(["console", ...given], {}, expression);
  await rm(override);
  const start = output.indexOf('"');
  if (start === -1) throw new Error(`terraform console:\n${output.slice(0, 2_000)}`);
  return JSON.parse(JSON.parse(output.slice(start)) as string) as unknown[];
}
