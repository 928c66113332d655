/** Terraform on a copy of `terraform/`, so that neither state nor providers ever land in the checkout. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { program, repository } from "../parts.ts";
import { temporaryFolder } from "../store/servers.ts";

export interface Terraform {
  readonly folder: string;
  /** Runs a command there; `environment` is added to a bare one. */
  run(args: readonly string[], environment?: Readonly<Record<string, string>>, stdin?: string): Promise<Ran>;
  remove(): Promise<void>;
}

export interface Ran {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export const terraformProgram = program("terraform");

/** An initialised copy of `source`. The provider comes from a mirror on this machine where there is one, from the registry elsewhere. */
export async function prepareTerraform(source = join(repository, "terraform")): Promise<Terraform> {
  const root = await temporaryFolder();
  const folder = join(root, "terraform");
  const ours = (path: string) => !/\/\.terraform(\/|$)|\.tfstate/.test(path);
  await cp(source, folder, { recursive: true, filter: ours });
  // The collector's configuration is read from the folder beside it.
  await cp(join(repository, "collector/config.yaml"), join(root, "collector/config.yaml"));
  const terraform: Terraform = {
    folder,
    run: (args, environment = {}, stdin = "") => run(folder, args, environment, stdin),
    remove: () => rm(root, { recursive: true, force: true }),
  };
  const mirror = findMirror();
  const init = await terraform.run(["init", "-backend=false", ...(mirror === null ? [] : [`-plugin-dir=${mirror}`])]);
  if (init.code !== 0) throw new Error(`terraform init:\n${init.output}`);
  return terraform;
}

/** A folder `registry/namespace/type/version/platform/` that holds the provider, found by the provider's file name. */
export function findMirror(): string | null {
  const named = process.env["RETAINWISE_TEST_TF_PLUGINS"];
  const places = named === undefined ? ["/opt", join(homedir(), ".terraform.d")] : [named];
  for (const place of places) {
    const found = search(place, 8);
    if (found !== null) return join(found, "../../../../..");
  }
  return null;
}

const providerFile = "terraform-provider-aws_v5.100.0_x5";

function search(folder: string, depth: number): string | null {
  if (existsSync(join(folder, providerFile))) return folder;
  if (depth === 0) return null;
  const entries = (() => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch {
      return [];
    }
  })();
  for (const entry of entries) {
    const found = entry.isDirectory() ? search(join(folder, entry.name), depth - 1) : null;
    if (found !== null) return found;
  }
  return null;
}

function run(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  stdin: string,
): Promise<Ran> {
  // Nothing of the machine's own configuration and credentials.
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
  const child = spawn(terraformProgram ?? "terraform", [...args], {
    cwd: folder,
    env: { ...env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined); // a command that reads none closes it
  child.stdin.end(stdin);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
