/** Attacks in the framing of a body: chunks, trailers and lengths. */
import { type Attack, csv, send } from "./attack.ts";

const megabyte = 1_048_576;
const size = csv.length.toString(16);
const chunked = "transfer-encoding: chunked";
const end = "0\r\n\r\n";
const chunks = (...body: readonly string[]) => send([chunked], ...body);

const sizes: readonly Attack[] = ["zz", "0x10", "-12", "+12", "", "fffffffffffffffff", "1 2"].map((text) => ({
  name: `a chunk of the size ${JSON.stringify(text)}`,
  pieces: chunks(`${text}\r\n${csv}\r\n${end}`),
}));

const framing: readonly Attack[] = [
  { name: "1 MB of a chunk's extension", pieces: chunks(`${size};${"x=".repeat(megabyte / 2)}\r\n${csv}\r\n${end}`) },
  {
    name: "60 kB of extension to each byte",
    pieces: chunks(...[...csv].map((character) => `1;${"a".repeat(60_000)}\r\n${character}\r\n`), end),
  },
  // Bun and Node read the number; Deno takes a size of so many digits for a flood.
  {
    name: "a size of 100,000 zeros",
    pieces: chunks(`${"0".repeat(100_000)}${size}\r\n${csv}\r\n${end}`),
    may: ["accepted", "refused"],
  },
  { name: "a space behind the size", pieces: chunks(`${size} \r\n${csv}\r\n${end}`), on: { Deno: ["accepted"] } },
  {
    name: "a chunk shorter than its size says",
    pieces: chunks(`${(csv.length + 4).toString(16)}\r\n${csv}\r\n${end}`),
  },
  { name: "a chunk longer than its size says", pieces: chunks(`5\r\n${csv}\r\n${end}`) },
  { name: "chunks with line ends alone", pieces: chunks(`${size}\n${csv}\n0\n\n`) },
  // What there can be no end of is waited for, as with every file: Bun alone knows that it cannot come.
  { name: "a chunk of 8 EiB", pieces: chunks(`7fffffffffffffff\r\n${csv}\r\n${end}`), may: ["refused", "waits"] },
  // Trailers are allowed (RFC 9112, 7.1.2) and do nothing. Bun refuses them when the file has come whole: its own 400 replaces our 202.
  {
    name: "a trailer that names another credential",
    pieces: send([chunked, "trailer: authorization"], `${size}\r\n${csv}\r\n0\r\nauthorization: Bearer x\r\n\r\n`),
    may: ["accepted"],
    on: { Bun: ["lost"] },
  },
  // Deno takes them or, when they are not all there at once, waits: our own deadline for a silent body ends it.
  {
    name: "a trailer of 1 MB",
    pieces: chunks(`${size}\r\n${csv}\r\n0\r\nx: ${"a".repeat(megabyte)}\r\n\r\n`),
    on: { Bun: ["lost"], Deno: ["waits", "accepted"] },
  },
  {
    name: "10,000 trailers",
    pieces: chunks(`${size}\r\n${csv}\r\n0\r\n${"x: y\r\n".repeat(10_000)}\r\n`),
    on: { Bun: ["lost"], Deno: ["waits", "accepted"] },
  },
];

const doubled: readonly Attack[] = [
  {
    name: "a length and chunks",
    pieces: send([`content-length: ${csv.length}`, chunked], `${size}\r\n${csv}\r\n${end}`),
  },
  { name: "chunks and a length", pieces: send([chunked, "content-length: 4"], `${size}\r\n${csv}\r\n${end}`) },
  {
    name: "two transfer encodings",
    pieces: send([chunked, "transfer-encoding: identity"], `${size}\r\n${csv}\r\n${end}`),
  },
  { name: "gzip, chunked", pieces: send(["transfer-encoding: gzip, chunked"], `${size}\r\n${csv}\r\n${end}`) },
  { name: "chunked, gzip", pieces: send(["transfer-encoding: chunked, gzip"], `${size}\r\n${csv}\r\n${end}`) },
  {
    name: "a vertical tab before chunked",
    pieces: send(["transfer-encoding: \x0bchunked"], `${size}\r\n${csv}\r\n${end}`),
  },
  { name: "a space before the colon", pieces: send(["transfer-encoding : chunked"], `${size}\r\n${csv}\r\n${end}`) },
  // Equal ones may be taken for one (RFC 9110, 8.6); Node refuses them.
  {
    name: "two equal lengths",
    pieces: send([`content-length: ${csv.length}`, `content-length: ${csv.length}`], csv),
    may: ["accepted", "refused"],
  },
  ...["+75", "-1", "75, 75", "0x4b", "7 5", "1e2", "99999999999999999999", "9223372036854775807"].map(
    (length): Attack => ({
      name: `the length ${length}`,
      pieces: send([`content-length: ${length}`], csv),
    }),
  ),
  { name: "gzip as content encoding", pieces: send([`content-length: ${csv.length}`, "content-encoding: gzip"], csv) },
  { name: "a body that never ends", pieces: send([`content-length: ${csv.length + 100}`], csv), may: ["waits"] },
];

export const bodyAttacks: readonly Attack[] = [...sizes, ...framing, ...doubled];
