/** A plan of the whole of `terraform/`, with account and zones given instead of asked for, so that no AWS is needed. Takes about ten seconds. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { account, variables } from "./read-locals.ts";
import { prepareTerraform } from "./terraform.ts";

/** What `terraform show -json` says of it, parsed. */
export async function planWithoutAws(): Promise<unknown> {
  const terraform = await prepareTerraform();
  try {
    await writeFile(join(terraform.folder, "without_aws_override.tf"), override);
    const given = Object.entries(variables).flatMap(([name, value]) => ["-var", `${name}=${value}`]);
    const planned = await terraform.run(["plan", "-no-color", "-input=false", "-out=plan", ...given]);
    if (planned.code !== 0) throw new Error(`terraform plan:\n${planned.output.slice(-4_000)}`);
    const { output } = await terraform.run(["show", "-json", "plan"]);
    return JSON.parse(output.slice(output.indexOf("{")));
  } finally {
    await terraform.remove();
  }
}

const override = `
provider "aws" {
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

data "aws_caller_identity" "current" {
  count = 0
}

data "aws_availability_zones" "available" {
  count = 0
}

locals {
  account = "${account}"
  zones   = ["eu-central-1a", "eu-central-1b"]
}
`;
