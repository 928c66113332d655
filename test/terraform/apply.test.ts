/**
 * The whole of `terraform/` on one LocalEmu with IAM enforcement. What it does not enforce, and so is not shown here: kms:ViaService and the key's
 * use behind S3 and SQS, "forbidden" for a missing object without s3:ListBucket, versions as a right of their own (s3:DeleteObjectVersion), and a
 * task as the resource of ecs:UpdateTaskProtection (it takes the cluster; that one statement is simulated).
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createSqsQueue } from "../../src/queue/sqs.ts";
import { createS3Objects, type S3Objects } from "../../src/store/s3.ts";
import { localEmuIsInstalled } from "../aws/localemu.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import { settled, startService, upload } from "../front-door/service.ts";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { watchAlarms } from "./applied-alarms.ts";
import { callAws } from "./call-aws.ts";
import { type Denied, deniedToAll, deniedToApi, deniedToOperator, deniedToWorker } from "./denied-actions.ts";
import { applyLocally } from "./local-apply.ts";
import { placeOf, readOutputs } from "./outputs.ts";
import { assumeRole, outcomeOf, type RoleSession, tryToAssume } from "./role-session.ts";
import { notKept, secondPlan } from "./second-plan.ts";
import { terraformProgram } from "./terraform.ts";

const skip =
  skipWithout("terraform on PATH", terraformProgram !== null) ||
  skipWithout("LocalEmu (test/aws/install-localemu)", localEmuIsInstalled()) ||
  skipReason(externalKind);

if (skip === false) {
  const folder = temporaryFolder();
  const apply = await applyLocally();
  const { emu } = apply;
  const outputs = await readOutputs(apply);
  const alarms = await watchAlarms(emu, outputs);
  const changes = await secondPlan(apply);
  const untrusted = await tryToAssume(emu, outputs.task_roles.api);
  // LocalEmu's certificate is signed by itself. Other files' tests share this process, so it is taken back below.
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  const [api, worker, operator] = (await Promise.all(
    (["api", "worker", "operator"] as const).map((role) => assumeRole(emu, outputs.task_roles[role])),
  )) as [RoleSession, RoleSession, RoleSession];
  after(async () => {
    delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    for (const session of [api, worker, operator]) session.stop();
    await apply.stop();
    folder.remove();
  });
  const root = { endpoint: emu.client.endpoint, region: emu.client.region, accessKeyId: "test" };
  const filesAs = ({ client }: RoleSession): S3Objects => createS3Objects({ bucket: outputs.files_bucket, client });
  const queueAs = ({ sqs }: RoleSession) => createSqsQueue({ client: sqs, queueUrl: outputs.queue_url });
  const placeFor = (role: "api" | "worker" | "operator") => placeOf(outputs, emu, role);

  test("a second plan changes nothing but what the stand-in does not keep", () => {
    assert.deepEqual(
      changes.filter((change) => !(change in notKept)),
      [],
    );
  });

  alarms.declare();

  test("no role can be assumed but by ECS: not even the account's root can", () => {
    assert.match(untrusted, /AccessDenied/);
  });

  test("api and worker, each with the credentials of its role, bring an upload from the door to its results", async () => {
    const server = await externalKind.start();
    try {
      const environment = (session: RoleSession) => ({
        RETAINWISE_DATABASE_URL: String(server.address),
        RETAINWISE_STORAGE: `s3://${outputs.files_bucket}`,
        RETAINWISE_QUEUE: outputs.queue_url.replace("http:", "https:"),
        AWS_ENDPOINT_URL: session.client.endpoint,
        AWS_REGION: session.client.region,
        AWS_ACCESS_KEY_ID: session.client.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: session.client.credentials.secretAccessKey,
        AWS_SESSION_TOKEN: session.client.credentials.sessionToken,
        NODE_TLS_REJECT_UNAUTHORIZED: "0",
      });
      const front = await startService(join(folder.path, "api"), environment(api), "api");
      const back = await startService(join(folder.path, "worker"), environment(worker), "worker");
      assert.equal((await fetch(`${front.url}/readyz`)).status, 200);
      const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));
      const id = ((await (await upload(front, sample)).json()) as { upload_id: string }).upload_id;
      assert.equal((await settled(front, id)).rows.scored, 315);
      assert.equal((await fetch(`${front.url}/v1/uploads/${id}`, { method: "DELETE" })).status, 204);
      assert.equal(await back.stop(), 0, back.output());
      assert.equal(await front.stop(), 0, front.output());
      for (const output of [front.output(), back.output()]) assert.doesNotMatch(output, /AccessDenied|failed/);
    } finally {
      await server.stop();
    }
  });

  test("the api stores, reads, deletes and probes files of any size, and sends jobs", async () => {
    const files = filesAs(api);
    for (const bytes of [1_000, 9_000_000]) {
      await files.put("uploads/tenant/file", zeros(bytes));
      assert.equal(await sizeOf(files, "uploads/tenant/file"), bytes);
      await files.delete("uploads/tenant/file");
    }
    await files.check();
    await assert.rejects(sizeOf(files, "uploads/tenant/file"), /object_corrupt/);
    await queueAs(api).sendMessage("{}");
    files.stop();
  });

  test("the worker reads and deletes files, sends, receives, keeps and deletes jobs, and may protect its own task", async () => {
    const [stored, files, queue] = [filesAs(api), filesAs(worker), queueAs(worker)];
    await stored.put("uploads/tenant/other", zeros(1_000));
    assert.equal(await sizeOf(files, "uploads/tenant/other"), 1_000);
    await files.delete("uploads/tenant/other");
    await queue.sendMessage("{}");
    const [message] = await queue.receiveMessages({ maxMessages: 1, waitSeconds: 5 });
    assert.equal(await queue.changeMessageVisibility(message!.receiptHandle, 60), true);
    await queue.deleteMessage(message!.receiptHandle);
    for (const store of [stored, files]) store.stop();
    assert.equal(await simulate("worker", outputs.cluster), "allowed");
    assert.notEqual(await simulate("worker", "another"), "allowed");
    assert.notEqual(await simulate("api", outputs.cluster), "allowed");
  });

  test("api and worker read models and write metrics", async () => {
    for (const [role, session] of [
      ["api", api],
      ["worker", worker],
    ] as const) {
      const logs = { logGroupName: outputs.log_groups.metrics, logStreamName: role };
      const logEvents = [{ timestamp: Date.now(), message: "{}" }];
      assert.equal(await session.call("logs", { action: "Logs_20140328.CreateLogStream", body: logs }), "done");
      assert.equal(
        await session.call("logs", { action: "Logs_20140328.PutLogEvents", body: { ...logs, logEvents } }),
        "done",
      );
      const { GetObjectCommand, ListObjectsV2Command } = await import("@aws-sdk/client-s3");
      const Bucket = placeFor(role).models;
      await session.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "models/" }));
      // What is missing is missing, and not forbidden.
      assert.match(await outcomeOf(session.s3.send(new GetObjectCommand({ Bucket, Key: "models/a" }))), /NoSuchKey/);
    }
  });

  test("the operator counts, looks at and moves dead letters", async () => {
    const queue = queueAs(operator);
    assert.equal((await queue.depth()).dead, 0);
    await callAws(
      { ...root, service: "sqs" },
      {
        action: "AmazonSQS.SendMessage",
        body: { QueueUrl: outputs.dead_letter_queue_url, MessageBody: "{}" },
      },
    );
    const [letter] = await queue.deadLetters(10);
    assert.equal(await queue.redrive([letter!.messageId]), 1);
    assert.equal(await queue.redrive(), 0);
  });

  for (const [role, session, more] of [
    ["api", api, deniedToApi],
    ["worker", worker, deniedToWorker],
    ["operator", operator, deniedToOperator],
  ] as const) {
    test(`the ${role} is denied everything else, one by one`, async () => {
      const place = placeFor(role);
      const table = [...deniedToAll(session, place), ...more(session, place)];
      assert.ok(table.length > 45, `${table.length} actions`);
      assert.deepEqual(
        (await outcomes(table)).filter(([, outcome]) => outcome !== "AccessDenied"),
        [],
      );
    });
  }

  test("what starts a task reads the secrets of that task and no other's", async () => {
    const { answer } = await callAws({ ...root, service: "secretsmanager" }, { action: "secretsmanager.ListSecrets" });
    const { SecretList: secrets } = JSON.parse(answer) as { SecretList: { ARN: string; Name: string }[] };
    assert.equal(secrets.length, 6);
    const own: Readonly<Record<string, readonly string[]>> = {
      api: ["database-url", "key-secret", "user-hash-key"],
      worker: ["database-url", "user-hash-key"],
      migrate: ["database-url", "owner-url"],
      operator: ["database-url", "key-secret"],
    };
    for (const [kind, names] of Object.entries(own)) {
      const role = outputs.task_roles.api.replace(/api$/, `${kind}-execution`);
      const session = await assumeRole(emu, role);
      const read: string[] = [];
      for (const { ARN: SecretId, Name: name } of secrets) {
        const call = { action: "secretsmanager.GetSecretValue", body: { SecretId } };
        const outcome = await session.call("secretsmanager", call);
        if (outcome === "done") read.push(name.split("/")[1]!);
        else assert.equal(outcome, "AccessDenied");
      }
      assert.deepEqual(read.toSorted(), names);
      session.stop();
    }
  });

  test("secrets are made, fit together, and none is in the state", async () => {
    const read = async (name: string) => {
      const body = { SecretId: `${outputs.cluster}/${name}` };
      const { answer } = await callAws(
        { ...root, service: "secretsmanager" },
        { action: "secretsmanager.GetSecretValue", body },
      );
      return (JSON.parse(answer) as { SecretString: string }).SecretString;
    };
    const random = await Promise.all(["owner-password", "login-password", "key-secret", "user-hash-key"].map(read));
    assert.equal(new Set(random).size, 4);
    for (const secret of random) assert.match(secret, /^[A-Za-z0-9]{48}$/);
    for (const [name, user, password] of [
      ["owner-url", "retainwise_owner", random[0]],
      ["database-url", "retainwise_login", random[1]],
    ] as const) {
      const url = new URL(await read(name));
      assert.deepEqual([url.protocol, url.username, url.password], ["postgres:", user, password]);
      assert.deepEqual([url.pathname, url.search], ["/retainwise", "?sslmode=require"]);
    }
    const state = (await apply.run(["show", "-json"])).output;
    assert.ok(state.includes("aws_secretsmanager_secret_version"));
    for (const secret of random) assert.equal(state.includes(secret), false);
  });

  test("without TLS buckets and queues refuse even what a role may do", async () => {
    const plain = { ...api.client, endpoint: emu.client.endpoint };
    const files = createS3Objects({ bucket: outputs.files_bucket, client: plain });
    const refused = await files.put("uploads/tenant/plain", zeros(10)).catch((error: Error) => error.cause);
    assert.match(String(refused), /AccessDenied/);
    files.stop();
    const { accessKeyId, sessionToken } = api.client.credentials;
    const caller = {
      endpoint: emu.client.endpoint,
      region: emu.client.region,
      service: "sqs",
      accessKeyId,
      sessionToken,
    };
    const body = { QueueUrl: outputs.queue_url, MessageBody: "{}" };
    assert.match(
      (await callAws(caller, { action: "AmazonSQS.SendMessage", body })).answer,
      /is not authorized to perform: sqs:SendMessage/,
    );
  });

  test("a role that may do everything is denied none of it, so the tables above can fail", async () => {
    const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
    const RoleName = outputs.task_roles.api.split("/").at(-1)!;
    const form = { Version: "2010-05-08", RoleName, PolicyName: "all", PolicyDocument: JSON.stringify(all) };
    await callAws({ ...root, service: "iam" }, { action: "PutRolePolicy", form });
    const place = placeFor("api");
    const table = [...deniedToAll(api, place), ...deniedToApi(api, place)];
    assert.deepEqual(
      (await outcomes(table)).filter(([, outcome]) => outcome === "AccessDenied"),
      [],
    );
  });

  /** What IAM would say to a worker's wish for one of its cluster's tasks. */
  async function simulate(role: "api" | "worker", cluster: string): Promise<string> {
    const form = {
      Version: "2010-05-08",
      PolicySourceArn: outputs.task_roles[role],
      "ActionNames.member.1": "ecs:UpdateTaskProtection",
      "ResourceArns.member.1": `arn:aws:ecs:${emu.client.region}:000000000000:task/${cluster}/0123456789abcdef`,
    };
    const { answer } = await callAws({ ...root, service: "iam" }, { action: "SimulatePrincipalPolicy", form });
    return /<EvalDecision>(\w+)</.exec(answer)?.[1] ?? answer;
  }
} else {
  test("terraform applies, and its roles hold, where all parts are installed", { skip }, () => undefined);
}

/** One after another: some would disturb the next. */
async function outcomes(table: readonly Denied[]): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const [what, attempt] of table) found.push([what, await attempt()]);
  return found;
}

async function* zeros(bytes: number): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes);
}

async function sizeOf(files: S3Objects, key: string): Promise<number> {
  let size = 0;
  for await (const piece of files.get(key)) size += piece.byteLength;
  return size;
}
