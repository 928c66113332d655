/** Attacks in the first line and the headers of a request. */
import { type Attack, csv, get, lines, send } from "./attack.ts";

const megabyte = 1_048_576;
const many = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}: v`);
const long = (bytes: number) => "a".repeat(bytes);
/** As they are, with nobody's credential: none of them comes as far as that. */
const raw = (name: string, request: string, more: Partial<Attack> = {}): Attack => ({
  name,
  pieces: () => [request],
  ...more,
});
const withHost = (host: string) => lines("GET /livez HTTP/1.1", `host: ${host}`, "connection: close");

const pipelined =
  (paths: readonly string[]): Attack["pieces"] =>
  (authorization) => {
    const requests = Array.from({ length: 50 }, (_, i) =>
      lines(
        `GET ${paths[i % paths.length]} HTTP/1.1`,
        "host: localhost",
        `authorization: ${authorization}`,
        `x-request-id: request-${i}`,
      ),
    );
    return [requests.join("")];
  };

const bombs: readonly Attack[] = [
  { name: "1,000 headers", pieces: get("/livez", ...many(1_000)) },
  { name: "a header of 64 kB", pieces: get("/livez", `x-big: ${long(65_536)}`) },
  { name: "a header of 1 MB", pieces: get("/livez", `x-big: ${long(megabyte)}`) },
  {
    name: "a credential of 12 kB",
    pieces: () => [
      lines(
        "GET /v1/uploads HTTP/1.1",
        "host: localhost",
        "connection: close",
        `authorization: Bearer ${long(12_000)}`,
      ),
    ],
  },
  { name: "a path of 64 kB", pieces: get(`/v1/uploads/${long(65_536)}`) },
  { name: "an id of 12 kB", pieces: get(`/v1/uploads/${long(12_000)}`) },
  { name: "a query of 64 kB", pieces: get(`/v1/uploads?cursor=${long(65_536)}`) },
  { name: "a method of 64 kB", pieces: () => [lines(`${"A".repeat(65_536)} /livez HTTP/1.1`, "host: localhost")] },
  {
    name: "3,000 ranges",
    pieces: get("/v1/templates/telecom.csv", `range: bytes=${"0-1,".repeat(3_000)}5-`),
    may: ["served"],
  },
  { name: "900 encodings", pieces: get("/livez", `accept-encoding: ${"gzip;q=1.0000,".repeat(900)}`), may: ["served"] },
];

const targets: readonly Attack[] = [
  // RFC 9112, 3.2.2: an origin server takes it. Node and Deno go by its host, Bun by the header's; both may be anything with a key.
  { name: "the absolute form of another host", pieces: get("http://evil.example/livez"), may: ["served"] },
  // Deno passes the scheme on, and it is we who refuse it.
  { name: "the absolute form of another scheme", pieces: get("ftp://evil.example/livez") },
  { name: "the authority form", pieces: get("evil.example:443") },
  raw("CONNECT", lines("CONNECT evil.example:443 HTTP/1.1", "host: evil.example:443")),
  { name: "GET *", pieces: get("*") },
  { name: "no slash", pieces: get("livez") },
  { name: "no target", pieces: get("") },
  { name: "two slashes", pieces: get("//evil.example/livez") },
  { name: "TRACE", pieces: () => [lines("TRACE /livez HTTP/1.1", "host: localhost", "connection: close")] },
  {
    name: "a method that nobody knows",
    pieces: () => [lines("BREW /livez HTTP/1.1", "host: localhost", "connection: close")],
  },
  {
    name: "an upgrade to a web socket",
    pieces: () => [
      lines(
        "GET /livez HTTP/1.1",
        "host: localhost",
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version: 13",
      ),
    ],
    may: ["served"],
  },
];

const paths: readonly Attack[] = [
  { name: "%00 in a path", pieces: get("/v1/uploads/%00") },
  { name: "CR and LF in a path, encoded", pieces: get("/v1/uploads/x%0d%0aset-cookie:%20a=b") },
  { name: "%2e%2e in a path", pieces: get("/v1/templates/%2e%2e/%2e%2e/%2e%2e/etc/passwd") },
  { name: "%2e%2e%2f in a path", pieces: get("/v1/templates/%2e%2e%2f%2e%2e%2fetc%2fpasswd.csv") },
  { name: "dots in a path", pieces: get("/docs/../../../etc/passwd") },
  { name: "backslashes in a path", pieces: get("/docs\\..\\..\\etc\\passwd") },
  { name: "overlong UTF-8 in a path", pieces: get("/%c0%ae%c0%ae/etc/passwd") },
  ...(
    [
      ["CR", "\r"],
      ["LF", "\n"],
      ["NUL", "\0"],
      ["a tab", "\t"],
      ["a space", " "],
    ] as const
  ).map(
    ([what, character]): Attack => ({
      name: `${what} in the target`,
      pieces: get(`/live${character}z`),
      on: { Bun: ["version"] },
    }),
  ),
];

const values: readonly Attack[] = [
  ...(
    [
      ["CR", "\r"],
      ["LF", "\n"],
      ["NUL", "\0"],
    ] as const
  ).map(
    ([what, character]): Attack => ({
      name: `${what} in the request's own id`,
      pieces: get("/livez", `x-request-id: a${character}b`),
    }),
  ),
  {
    name: "an encoded line end in the request's own id",
    pieces: get("/livez", "x-request-id: a%0d%0aset-cookie:b"),
    may: ["served"],
  },
  { name: "NUL in a header's name", pieces: get("/livez", "x\0a: b") },
  { name: "a space in a header's name", pieces: get("/livez", "x a: b") },
  { name: "a header without a colon", pieces: get("/livez", "xabc") },
  { name: "a header without a name", pieces: get("/livez", ": b") },
  { name: "a folded header", pieces: get("/livez", "x-a: 1", " folded") },
  { name: "two credentials", pieces: get("/v1/uploads", "authorization: Bearer x") },
];

const versions: readonly Attack[] = [
  raw("HTTP/1.0", lines("GET /livez HTTP/1.0", "host: localhost"), { may: ["served"] }),
  // Deno serves it under its own address.
  raw("HTTP/1.0 without a host", lines("GET /livez HTTP/1.0"), { on: { Deno: ["served"] } }),
  raw("HTTP/0.9", "GET /livez\r\n\r\n", { on: { Bun: ["version"] } }),
  // Node reads the line and goes on with HTTP/1.1.
  raw("HTTP/2.0 in the first line", lines("GET /livez HTTP/2.0", "host: localhost", "connection: close"), {
    on: { Bun: ["version"], Node: ["served"] },
  }),
  raw("HTTP/9.9", lines("GET /livez HTTP/9.9", "host: localhost"), { on: { Bun: ["version"] } }),
  // Deno speaks HTTP/2 and waits for its first request.
  raw("HTTP/2's opening", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", { on: { Bun: ["version"], Deno: ["waits"] } }),
  raw("TLS", "\x16\x03\x01\0\xa5\x01\0\0\xa1\x03\x03aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n", {
    on: { Bun: ["version"] },
  }),
  // Deno takes a line end alone, as RFC 9112, 2.2, allows.
  raw("line ends without CR", "GET /livez HTTP/1.1\nhost: localhost\nconnection: close\n\n", {
    on: { Bun: ["version"], Deno: ["served"] },
  }),
];

const hosts: readonly Attack[] = [
  // Deno serves it under its own address.
  raw("no host", lines("GET /livez HTTP/1.1", "connection: close"), { on: { Deno: ["served"] } }),
  raw("two hosts", lines("GET /livez HTTP/1.1", "host: a", "host: b", "connection: close")),
  raw("two equal hosts", lines("GET /livez HTTP/1.1", "host: a", "host: a", "connection: close")),
  ...[
    "",
    "a b",
    "localhost/v1/uploads?x=",
    "evil/../x?y#z",
    "localhost#",
    "user:pass@localhost",
    "a:99999999",
    "a:b",
    "[::1",
    "[x]",
    "a\\b",
    "a,b",
    "ä",
    "%00",
    "a\0b",
  ].map((host) => raw(`the host ${JSON.stringify(host)}`, withHost(host))),
];

const expectations: readonly Attack[] = [
  {
    name: "Expect: 100-continue",
    pieces: send(["expect: 100-continue", `content-length: ${csv.length}`], 200, csv),
    may: ["accepted"],
  },
  // RFC 9110, 10.1.1: it may be refused with 417, as Node does, or ignored.
  {
    name: "another expectation",
    pieces: send(["expect: 200-ok", `content-length: ${csv.length}`], csv),
    may: ["accepted", "refused"],
  },
  {
    name: "Expect: 100-continue and nothing more",
    pieces: send(["expect: 100-continue", `content-length: ${csv.length}`]),
    may: ["waits"],
  },
  { name: "50 requests at once on one connection", pieces: pipelined(["/livez"]), may: ["served"], answers: 50 },
  // Bun ends the connection at a request that comes while the one before is being worked on (oven-sh/bun#38128).
  {
    name: "50 requests of many kinds at once on one connection",
    pieces: pipelined(["/livez", "/v1/uploads", "/v1/nothing", "/v1/models"]),
    may: ["served"],
    on: { Bun: ["refused"] },
    answers: 50,
    endsEarly: ["Bun"],
  },
];

export const headerAttacks: readonly Attack[] = [
  ...bombs,
  ...targets,
  ...paths,
  ...values,
  ...versions,
  ...hosts,
  ...expectations,
];
