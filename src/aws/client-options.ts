/** Options of every AWS client: deadlines that really reject, and bounded retries: alone the SDK waits for ever on a silent server. */
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { limits } from "../limits.ts";

export interface AwsClientOptions {
  /** Longest time without an answer, milliseconds; a long poll needs its wait and some. */
  readonly requestMilliseconds: number;
}

/** Region, credentials and endpoints come from the SDK's own environment (AWS_REGION, AWS_ENDPOINT_URL …). */
export function awsClientOptions({ requestMilliseconds }: AwsClientOptions) {
  // Of connections that nobody uses; one in use is not touched.
  const agent = { timeout: limits.awsIdleMilliseconds };
  return {
    maxAttempts: limits.awsAttempts,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: limits.awsConnectMilliseconds,
      requestTimeout: requestMilliseconds,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  };
}
