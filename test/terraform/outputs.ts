/** The outputs of `terraform/`, and the places that the denied actions aim at. */
import type { LocalEmu } from "../aws/localemu.ts";
import type { Place } from "./denied-actions.ts";
import type { LocalApply } from "./local-apply.ts";

type Role = "api" | "worker" | "operator";

export interface Outputs {
  readonly cluster: string;
  readonly files_bucket: string;
  readonly models: string;
  readonly queue_url: string;
  readonly dead_letter_queue_url: string;
  readonly key_arn: string;
  readonly alarm_topics: Readonly<Record<"critical" | "warning", string>>;
  readonly dashboard: string;
  readonly task_roles: Readonly<Record<Role, string>>;
  readonly log_groups: Readonly<Record<Role | "metrics", string>>;
}

export async function readOutputs(apply: LocalApply): Promise<Outputs> {
  const said = JSON.parse((await apply.run(["output", "-json"])).output) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(said).map(([name, { value }]) => [name, value])) as unknown as Outputs;
}

export function placeOf(outputs: Outputs, { client: { region } }: LocalEmu, role: Role): Place {
  const account = "000000000000";
  const secrets = ["owner-password", "login-password", "owner-url", "database-url", "key-secret", "user-hash-key"];
  return {
    files: outputs.files_bucket,
    models: outputs.models.slice("s3://".length).split("/")[0]!,
    otherBucket: `${outputs.files_bucket}-other`,
    queueUrl: outputs.queue_url,
    deadUrl: outputs.dead_letter_queue_url,
    otherQueueUrl: `${outputs.queue_url}-other`,
    keyId: outputs.key_arn,
    otherKeyId: outputs.key_arn.replace(/.{12}$/, "000000000000"),
    cluster: outputs.cluster,
    account,
    region,
    roleName: outputs.task_roles[role].split("/").at(-1)!,
    otherRoleArn: outputs.task_roles[role === "worker" ? "api" : "worker"],
    secretArns: secrets.map((name) => `arn:aws:secretsmanager:${region}:${account}:secret:${outputs.cluster}/${name}`),
    logGroup: outputs.log_groups[role],
  };
}
