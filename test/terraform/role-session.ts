/** A task of ours, as AWS sees it: the temporary credentials of its role, and the clients that the product itself makes. */
import { S3Client } from "@aws-sdk/client-s3";
import { createSqsClient } from "../../src/queue/sqs.ts";
import type { LocalEmu } from "../aws/localemu.ts";
import { type Call, callAws } from "./call-aws.ts";

export interface RoleSession {
  /** Over TLS: without it bucket and queue policies refuse everything. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly forcePathStyle: true;
    readonly credentials: {
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string;
    };
  };
  readonly s3: S3Client;
  readonly sqs: ReturnType<typeof createSqsClient>;
  /** The error's name of a call of a service whose SDK the product does not have; `done` when there is none. */
  call(service: string, call: Call): Promise<string>;
  stop(): void;
}

/** What STS says to a try by the account's root. */
export async function tryToAssume({ client }: LocalEmu, roleArn: string): Promise<string> {
  const form = { Version: "2011-06-15", RoleArn: roleArn, RoleSessionName: "task" };
  const caller = { endpoint: client.endpoint, region: client.region, service: "sts", accessKeyId: "test" };
  return (await callAws(caller, { action: "AssumeRole", form })).answer;
}

/** In the place of ECS, which is the only one that the roles trust: their trust is opened to the account first. What they may do stays. */
export async function assumeRole(emu: LocalEmu, roleArn: string): Promise<RoleSession> {
  const { endpoint, region } = emu.client;
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "arn:aws:iam::000000000000:root" } };
  const form = {
    Version: "2010-05-08",
    RoleName: roleArn.split("/").at(-1) ?? "",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  };
  await callAws({ endpoint, region, service: "iam", accessKeyId: "test" }, { action: "UpdateAssumeRolePolicy", form });
  const answer = await tryToAssume(emu, roleArn);
  const find = (name: string): string => {
    const found =
      new RegExp(`<${name}>([^<]+)<`).exec(answer)?.[1] ?? new RegExp(`"${name}": ?"([^"]+)"`).exec(answer)?.[1];
    if (found === undefined) throw new Error(`AssumeRole gave no ${name}: ${answer.slice(0, 500)}`);
    return found;
  };
  const client = {
    endpoint: endpoint.replace("http://", "https://"),
    region,
    forcePathStyle: true,
    credentials: {
      accessKeyId: find("AccessKeyId"),
      secretAccessKey: find("SecretAccessKey"),
      sessionToken: find("SessionToken"),
    },
  } as const;
  const s3 = new S3Client({ ...client, maxAttempts: 1 });
  const sqs = createSqsClient({ ...client, maxAttempts: 1 });
  return {
    client,
    s3,
    sqs,
    async call(service, call) {
      const { accessKeyId, sessionToken } = client.credentials;
      const caller = { endpoint: client.endpoint, region, service, accessKeyId, sessionToken };
      const { status, answer: said } = await callAws(caller, call);
      return status < 300 ? "done" : (/AccessDenied/.exec(said)?.[0] ?? `${status} ${said.slice(0, 200)}`);
    },
    stop() {
      s3.destroy();
      sqs.destroy();
    },
  };
}

/** The error's name, or `done`: what a denied action must not be. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    return /AccessDenied/.test(`${error.name} ${error.message}`) ? "AccessDenied" : `${error.name}: ${error.message}`;
  }
}
