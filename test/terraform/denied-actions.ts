/** What the roles must not be able to do: one line an action, tried with the role's own credentials. */
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { outcomeOf, type RoleSession } from "./role-session.ts";

export interface Place {
  readonly files: string;
  readonly models: string;
  readonly otherBucket: string;
  readonly queueUrl: string;
  readonly deadUrl: string;
  readonly otherQueueUrl: string;
  readonly keyId: string;
  readonly otherKeyId: string;
  readonly cluster: string;
  readonly account: string;
  readonly region: string;
  readonly roleName: string;
  readonly otherRoleArn: string;
  readonly secretArns: readonly string[];
  readonly logGroup: string;
}

export type Denied = readonly [what: string, attempt: () => Promise<string>];

/** Denied to every role. */
export function deniedToAll(session: RoleSession, place: Place): Denied[] {
  const { s3, sqs } = session;
  const { files, models, otherBucket, queueUrl, deadUrl, otherQueueUrl, region, account } = place;
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  return [
    ["list all buckets", () => outcomeOf(s3.send(new ListBucketsCommand({})))],
    ["read another bucket", () => outcomeOf(s3.send(new GetObjectCommand({ Bucket: otherBucket, Key: "uploads/a" })))],
    ["list another bucket", () => outcomeOf(s3.send(new ListObjectsV2Command({ Bucket: otherBucket })))],
    [
      "write another bucket",
      () => outcomeOf(s3.send(new PutObjectCommand({ Bucket: otherBucket, Key: "uploads/a", Body: "a" }))),
    ],
    ["read another prefix", () => outcomeOf(s3.send(new GetObjectCommand({ Bucket: files, Key: "other/a" })))],
    [
      "write another prefix",
      () => outcomeOf(s3.send(new PutObjectCommand({ Bucket: files, Key: "other/a", Body: "a" }))),
    ],
    ["delete another prefix", () => outcomeOf(s3.send(new DeleteObjectCommand({ Bucket: files, Key: "other/a" })))],
    ["write a model", () => outcomeOf(s3.send(new PutObjectCommand({ Bucket: models, Key: "models/a", Body: "a" })))],
    ["delete a model", () => outcomeOf(s3.send(new DeleteObjectCommand({ Bucket: models, Key: "models/a" })))],
    ["read beside the models", () => outcomeOf(s3.send(new GetObjectCommand({ Bucket: models, Key: "other/a" })))],
    ["delete the bucket", () => outcomeOf(s3.send(new DeleteBucketCommand({ Bucket: files })))],
    ["read the bucket's policy", () => outcomeOf(s3.send(new GetBucketPolicyCommand({ Bucket: files })))],
    [
      "change the bucket's policy",
      () => outcomeOf(s3.send(new PutBucketPolicyCommand({ Bucket: files, Policy: "{}" }))),
    ],
    [
      "change the bucket's lifecycle",
      () =>
        outcomeOf(
          s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: files, LifecycleConfiguration: { Rules: [] } })),
        ),
    ],
    [
      "stop versioning",
      () =>
        outcomeOf(
          s3.send(new PutBucketVersioningCommand({ Bucket: files, VersioningConfiguration: { Status: "Suspended" } })),
        ),
    ],
    [
      "open the bucket to the public",
      () => outcomeOf(s3.send(new PutPublicAccessBlockCommand({ Bucket: files, PublicAccessBlockConfiguration: {} }))),
    ],
    ["list queues", () => outcomeOf(sqs.send(new ListQueuesCommand({})))],
    ["purge the queue", () => outcomeOf(sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl })))],
    ["purge the dead letters", () => outcomeOf(sqs.send(new PurgeQueueCommand({ QueueUrl: deadUrl })))],
    ["delete the queue", () => outcomeOf(sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl })))],
    [
      "change the queue",
      () =>
        outcomeOf(
          sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { VisibilityTimeout: "1" } })),
        ),
    ],
    [
      "send to another queue",
      () => outcomeOf(sqs.send(new SendMessageCommand({ QueueUrl: otherQueueUrl, MessageBody: "a" }))),
    ],
    ["receive from another queue", () => outcomeOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: otherQueueUrl })))],
    [
      "send to the dead letters",
      () => outcomeOf(sqs.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody: "a" }))),
    ],
    ["decrypt by the key itself", () => kms(session, "Decrypt", place.keyId)],
    ["decrypt by another key", () => kms(session, "Decrypt", place.otherKeyId)],
    ["draw a data key by itself", () => kms(session, "GenerateDataKey", place.keyId)],
    ["delete the key", () => kms(session, "ScheduleKeyDeletion", place.keyId)],
    ["change the key's policy", () => kms(session, "PutKeyPolicy", place.keyId)],
    ...place.secretArns.map(
      (secret): Denied => [
        `read the secret ${secret.split(":").at(-1)}`,
        () => session.call("secretsmanager", { action: "secretsmanager.GetSecretValue", body: { SecretId: secret } }),
      ],
    ),
    ["protect a task of another cluster", () => protect(session, "another")],
    [
      "start a task",
      () => ecs(session, "RunTask", { cluster: place.cluster, taskDefinition: "retainwise-local-migrate" }),
    ],
    ["stop a task", () => ecs(session, "StopTask", { cluster: place.cluster, task: "0123456789abcdef" })],
    ["change a service", () => ecs(session, "UpdateService", { cluster: place.cluster, service: "api" })],
    [
      "give itself more",
      () => {
        const form = { Version: "2010-05-08", RoleName: place.roleName, PolicyName: "more", PolicyDocument: "{}" };
        return session.call("iam", { action: "PutRolePolicy", form });
      },
    ],
    [
      "become another role",
      () => {
        const form = { Version: "2011-06-15", RoleArn: place.otherRoleArn, RoleSessionName: "more" };
        return session.call("sts", { action: "AssumeRole", form });
      },
    ],
    [
      "write to another log",
      () => logs(session, "CreateLogStream", { logGroupName: place.logGroup, logStreamName: "a" }),
    ],
    ["delete a log", () => logs(session, "DeleteLogGroup", { logGroupName: place.logGroup })],
    ["read a parameter", () => session.call("ssm", { action: "AmazonSSM.GetParameter", body: { Name: "/a" } })],
    [
      "look at the database",
      () => session.call("rds", { action: "DescribeDBInstances", form: { Version: "2014-10-31" } }),
    ],
    [
      "find out about alarms",
      () => session.call("monitoring", { action: "DescribeAlarms", form: { Version: "2010-08-01" } }),
    ],
    [
      "move the dead letters elsewhere",
      () =>
        outcomeOf(
          sqs.send(
            new StartMessageMoveTaskCommand({ SourceArn: arn("sqs", "other"), DestinationArn: arn("sqs", "other") }),
          ),
        ),
    ],
  ];
}

/** What the worker does and the api must not. */
export function deniedToApi({ sqs }: RoleSession, { queueUrl, deadUrl }: Place): Denied[] {
  const receipt = { QueueUrl: queueUrl, ReceiptHandle: "a" };
  return [
    ["receive jobs", () => outcomeOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl })))],
    ["delete jobs", () => outcomeOf(sqs.send(new DeleteMessageCommand(receipt)))],
    ["hide jobs", () => outcomeOf(sqs.send(new ChangeMessageVisibilityCommand({ ...receipt, VisibilityTimeout: 1 })))],
    ...deniedToServices(sqs, queueUrl, deadUrl),
  ];
}

/** What the api does and the worker must not. */
export function deniedToWorker({ s3, sqs }: RoleSession, { files, queueUrl, deadUrl }: Place): Denied[] {
  return [
    ["store a file", () => outcomeOf(s3.send(new PutObjectCommand({ Bucket: files, Key: "uploads/a", Body: "a" })))],
    [
      "probe the storage",
      () => outcomeOf(s3.send(new PutObjectCommand({ Bucket: files, Key: ".check/a", Body: "a" }))),
    ],
    ...deniedToServices(sqs, queueUrl, deadUrl),
  ];
}

/** What the worker does and the operator must not. */
export function deniedToOperator({ s3, sqs }: RoleSession, { files, models, queueUrl }: Place): Denied[] {
  return [
    ["read a file", () => outcomeOf(s3.send(new GetObjectCommand({ Bucket: files, Key: "uploads/a" })))],
    ["list models", () => outcomeOf(s3.send(new ListObjectsV2Command({ Bucket: models })))],
    ["list files", () => outcomeOf(s3.send(new ListObjectsV2Command({ Bucket: files })))],
    ["receive jobs", () => outcomeOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl })))],
    ["delete jobs", () => outcomeOf(sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: "a" })))],
  ];
}

/** What the operator does and the services must not. */
function deniedToServices(sqs: RoleSession["sqs"], queueUrl: string, deadUrl: string): Denied[] {
  return [
    [
      "count jobs",
      () => outcomeOf(sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }))),
    ],
    ["receive dead letters", () => outcomeOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: deadUrl })))],
    [
      "delete dead letters",
      () => outcomeOf(sqs.send(new DeleteMessageCommand({ QueueUrl: deadUrl, ReceiptHandle: "a" }))),
    ],
  ];
}

const kms = (session: RoleSession, action: string, KeyId: string) =>
  session.call("kms", {
    action: `TrentService.${action}`,
    body: { KeyId, CiphertextBlob: "YQ==", KeySpec: "AES_256", PolicyName: "default", Policy: "{}" },
  });

const ecs = (session: RoleSession, action: string, body: unknown) =>
  session.call("ecs", { action: `AmazonEC2ContainerServiceV20141113.${action}`, body });

const protect = (session: RoleSession, cluster: string) =>
  ecs(session, "UpdateTaskProtection", { cluster, tasks: ["0123456789abcdef"], protectionEnabled: true });

const logs = (session: RoleSession, action: string, body: unknown) =>
  session.call("logs", { action: `Logs_20140328.${action}`, body });
