import { RetainWiseError } from "../errors.ts";

/**
 * Throws `bad_request` for what HTTP does not allow and one of the runtimes lets through (RFC 9112, 3.2 and 6.1). A `Host` that is no name would
 * become a part of the address: `localhost/v1/uploads?x=` turns a request for `/livez` into another one, past whoever guards paths before us. A
 * body in a coding that nobody undoes would be stored as it is.
 */
export function refuseMalformed(request: Request): void {
  const host = request.headers.get("host");
  if (host !== null && !isHost(host)) throw malformed("The header host is not the name of one host.", "host");
  // Bun gives a bare path where there is no host, and takes the target of CONNECT for an address.
  if (!/^https?:\/\/./.test(request.url) || !URL.canParse(request.url)) {
    throw malformed("The address of the request has no host; send the header host.", "host");
  }
  const coding = request.headers.get("transfer-encoding");
  if (coding !== null && coding.toLowerCase() !== "chunked") {
    throw malformed("The only transfer encoding that is understood is chunked.", "transfer-encoding");
  }
}

/** Two `Host` headers arrive as one with a comma. */
function isHost(host: string): boolean {
  const parts = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{0,5}))?$/.exec(host);
  return parts !== null && Number(parts[1] ?? 0) <= 65_535;
}

function malformed(detail: string, parameter: string): RetainWiseError {
  return new RetainWiseError("bad_request", detail, { issues: [{ code: "malformed", detail, parameter }] });
}
