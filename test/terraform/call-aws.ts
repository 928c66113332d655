/** One call of a service of AWS that speaks JSON, or the query protocol, for services whose SDK the product does not have. */

export interface Caller {
  readonly endpoint: string;
  readonly region: string;
  readonly service: string;
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

/** `action` is the X-Amz-Target (`TrentService.Decrypt`), or for `form` the bare name. */
export interface Call {
  readonly action: string;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

/** Not signed: LocalEmu looks at whose key it is, and does not check signatures. */
export async function callAws(caller: Caller, call: Call): Promise<{ status: number; answer: string }> {
  const { endpoint, region, service, accessKeyId, sessionToken } = caller;
  const credential = `${accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const headers: Record<string, string> = {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  let body: string;
  if (call.form === undefined) {
    headers["content-type"] = "application/x-amz-json-1.1";
    headers["x-amz-target"] = call.action;
    body = JSON.stringify(call.body ?? {});
  } else {
    headers["content-type"] = "application/x-www-form-urlencoded";
    body = new URLSearchParams({ Action: call.action, ...call.form }).toString();
  }
  const response = await fetch(endpoint, { method: "POST", headers, body });
  return { status: response.status, answer: await response.text() };
}
