/** A plan of `terraform/` as JSON. The little that it asks AWS (which account, which zones) a LocalEmu answers; nothing is made. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startLocalEmu } from "../aws/localemu.ts";
import { prepareTerraform } from "../terraform/terraform.ts";

const provider = `
provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}
`;

export async function planLocally(): Promise<unknown> {
  const emu = await startLocalEmu({ SERVICES: "sts,ec2" });
  try {
    const terraform = await prepareTerraform();
    try {
      await writeFile(join(terraform.folder, "localemu_override.tf"), provider);
      const variables = {
        region: emu.client.region,
        environment: "local",
        certificate_arn: `arn:aws:acm:${emu.client.region}:000000000000:certificate/a`,
        image: "registry.example.com/retainwise:1",
        collector_image: "registry.example.com/collector:1",
      };
      const given = Object.entries(variables).flatMap(([name, value]) => ["-var", `${name}=${value}`]);
      const environment = { AWS_ENDPOINT_URL: emu.client.endpoint };
      const plan = await terraform.run(["plan", "-no-color", "-input=false", "-out=planned", ...given], environment);
      if (plan.code !== 0) throw new Error(`terraform plan:\n${plan.output.slice(-4_000)}`);
      const { output } = await terraform.run(["show", "-json", "planned"], environment);
      return JSON.parse(output.slice(output.indexOf("{")));
    } finally {
      await terraform.remove();
    }
  } finally {
    await emu.stop();
  }
}
