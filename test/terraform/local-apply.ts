/** `terraform apply` on a LocalEmu that checks IAM, in a copy of the folder. Takes about 100 s, most of it the provider's own waiting. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LocalEmu, startLocalEmu } from "../aws/localemu.ts";
import { callAws } from "./call-aws.ts";
import { type ScalingShim, startScalingShim } from "./scaling-shim.ts";
import { prepareTerraform, type Ran, type Terraform } from "./terraform.ts";

export interface LocalApply {
  readonly emu: LocalEmu;
  readonly terraform: Terraform;
  /** Another command with the same variables. */
  run(args: readonly string[]): Promise<Ran>;
  stop(): Promise<void>;
}

export async function applyLocally(): Promise<LocalApply> {
  const ending: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    const emu = await startLocalEmu({
      IAM_ENFORCEMENT: "1",
      ROOT_ACCESS_KEYS: "test", // the name by which Terraform and the test itself are the account's root
      SQS_ENDPOINT_STRATEGY: "off", // else a queue's URL has a form that the provider does not take for one
    });
    ending.push(() => emu.stop());
    const shim = await startScalingShim(emu.client.endpoint);
    ending.push(() => shim.stop());
    const terraform = await prepareTerraform();
    ending.push(() => terraform.remove());
    await writeFile(join(terraform.folder, "localemu_override.tf"), providerOf(shim));
    await writeFile(join(terraform.folder, "local.auto.tfvars"), await variablesOf(emu));
    const environment = { AWS_ENDPOINT_URL: emu.client.endpoint };
    const run = (args: readonly string[]) => terraform.run(args, environment);
    const applied = await run(["apply", "-no-color", "-auto-approve", "-input=false", "-parallelism=20"]);
    if (applied.code !== 0) throw new Error(`terraform apply:\n${applied.output.slice(-6_000)}`);
    return { emu, terraform, run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Only where and as whom; the resources are those of production. */
const providerOf = (shim: ScalingShim): string => `
provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  max_retries                 = 2
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  endpoints {
    applicationautoscaling = "${shim.endpoint}"
  }
}
`;

async function variablesOf({ client }: LocalEmu): Promise<string> {
  const request = { action: "CertificateManager.RequestCertificate", body: { DomainName: "retainwise.example.com" } };
  const { answer } = await callAws({ ...client, service: "acm", accessKeyId: "test" }, request);
  const { CertificateArn: certificate } = JSON.parse(answer) as { CertificateArn: string };
  return Object.entries({
    region: client.region,
    environment: "local",
    certificate_arn: certificate,
    image: "registry.example.com/retainwise:1",
    collector_image: "registry.example.com/collector:1",
    image_repository_arn: `arn:aws:ecr:${client.region}:000000000000:repository/retainwise`,
  })
    .map(([name, value]) => `${name} = "${value}"\n`)
    .join("");
}
