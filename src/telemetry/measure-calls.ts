/** What the API measures of a call, once it is answered. */
import { createHmac } from "node:crypto";
import { errorKinds } from "../error-kinds.ts";
import type { ErrorCode } from "../errors.ts";
import { type serverStages, uploadRejections } from "./catalogue.ts";
import type { Metrics } from "./metrics.ts";

export interface AnsweredCall {
  /** `operationId`; null where no call was found. */
  readonly operation: string | null;
  /** The pattern, never the address itself. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Why it was refused or failed. */
  readonly code: ErrorCode | null;
  /** From the head of the request to the answer's head. */
  readonly seconds: number;
  /** Whose it was, null where nobody was known. */
  readonly user: string | null;
  /** An upload that an earlier request has made. */
  readonly replayed: boolean;
}

export type MeasureCall = (call: AnsweredCall) => void;

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] as const;

/** `bucketKey` keeps the buckets of users apart from whoever knows their ids. */
export function measureCalls({ api }: Metrics, { bucketKey }: { readonly bucketKey: string }): MeasureCall {
  return (call) => {
    api.record("http.server.request.duration", call.seconds, {
      "http.route": call.route,
      "http.request.method": methods.find((method) => method === call.method) ?? "_OTHER",
      "http.response.status_code": call.status,
    });
    if (call.operation === "createUpload") measureUpload(call);
  };

  function measureUpload({ code, seconds, user, replayed }: AnsweredCall): void {
    if (user !== null) api.count("UploadByUserBucket", { UserBucket: userBucket(bucketKey, user) });
    if (code === null) {
      if (replayed) return;
      api.count("UploadSuccess");
      api.record("UploadEndToEndDuration", seconds);
      return;
    }
    if (code === "body_incomplete" || code === "multipart_malformed") api.count("UploadReadError");
    if (errorKinds[code].fault === "client") {
      api.count("UploadRejected", { Reason: uploadRejections.find((reason) => reason === code) ?? "other" });
      return;
    }
    if (code === "internal") api.count("UploadUnexpectedError");
    api.count("UploadServerError", { Stage: stageOf(code) });
  }
}

/** 0…255, the same for a user as long as the key is; HMAC-SHA-256 so that a bucket cannot be computed from a known id. */
export function userBucket(key: string, user: string): number {
  return createHmac("sha256", key).update(`user-bucket:${user}`).digest()[0]!;
}

function stageOf(code: ErrorCode): (typeof serverStages)[number] {
  if (code === "storage_unavailable" || code === "object_corrupt") return "s3";
  if (code === "database_unavailable") return "database";
  return code === "queue_unavailable" || code === "overloaded" ? "queue" : "unexpected";
}
