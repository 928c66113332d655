/** Attacks in the form that carries a file (RFC 7578). */
import { Buffer } from "node:buffer";
import { type Attack, csv, post } from "./attack.ts";

const part = (head: string, body: string | Uint8Array, boundary = "B"): Buffer =>
  Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from("\r\n")]);
const disposition = (name: string) => `content-disposition: form-data; name="${name}"`;
const field = (name: string, value: string) => part(disposition(name), value);
const fileNamed = (filename: string, name = "file") => part(`${disposition(name)}; filename="${filename}"`, csv);
const file = fileNamed("customers.csv");
const end = Buffer.from("--B--\r\n");
const form = (...parts: readonly Buffer[]) =>
  post("/v1/uploads", "multipart/form-data; boundary=B", Buffer.concat(parts));
const typed = (type: string, ...parts: readonly Buffer[]) => post("/v1/uploads", type, Buffer.concat(parts));
const times = (count: number, each: (i: number) => Buffer) => Array.from({ length: count }, (_, i) => each(i));
const boundary10k = "B".repeat(10_000);
const megabytes5 = 5_242_880;

const shapes: readonly Attack[] = [
  { name: "1,000 fields", pieces: form(...times(1_000, (i) => field(`x${i}`, "v")), file, end) },
  { name: "1,000 files", pieces: form(...times(1_000, () => file), end) },
  { name: "1,000 files of other names", pieces: form(...times(1_000, (i) => fileNamed("a.csv", `f${i}`)), end) },
  { name: "1,000 parts without a header", pieces: form(...times(1_000, () => Buffer.from("--B\r\n\r\n\r\n")), end) },
  { name: "two files", pieces: form(file, file, end) },
  { name: "a second file of another name", pieces: form(file, fileNamed("a.csv", "other"), end) },
  { name: "no end", pieces: form(file) },
  { name: "half an end", pieces: form(file, Buffer.from("--B")) },
  { name: "nothing but an end", pieces: form(end) },
  { name: "no file", pieces: form(field("model", "telecom"), end) },
  // RFC 2046 has 70 characters for the most; nobody is harmed by more.
  {
    name: "a boundary of 10 kB",
    pieces: typed(
      `multipart/form-data; boundary=${boundary10k}`,
      part(`${disposition("file")}; filename="a.csv"`, csv, boundary10k),
      Buffer.from(`--${boundary10k}--\r\n`),
    ),
    may: ["accepted"],
  },
  { name: "no boundary", pieces: typed("multipart/form-data", file, end) },
  { name: "an empty boundary", pieces: typed("multipart/form-data; boundary=", file, end) },
  { name: "two boundaries", pieces: typed("multipart/form-data; boundary=A; boundary=B", file, end) },
  {
    name: "a form in the form",
    pieces: form(
      part(
        `${disposition("file")}\r\ncontent-type: multipart/mixed; boundary=C`,
        `--C\r\ncontent-disposition: attachment; filename="a.csv"\r\n\r\n${csv}\r\n--C--`,
      ),
      end,
    ),
  },
  {
    name: "line ends without CR",
    pieces: form(Buffer.from(Buffer.concat([file, end]).toString().replaceAll("\r\n", "\n"))),
  },
  {
    name: "5 MB before the first boundary",
    pieces: form(Buffer.alloc(megabytes5, "x"), Buffer.from("\r\n"), file, end),
    may: ["accepted"],
  },
  { name: "5 MB behind the last boundary", pieces: form(file, end, Buffer.alloc(megabytes5, "x")), may: ["accepted"] },
];

const heads: readonly Attack[] = [
  {
    name: "5 MB of a part's header",
    pieces: form(part(`${disposition("file")}; filename="a.csv"\r\nx: ${"a".repeat(megabytes5)}`, csv), end),
  },
  {
    name: "10,000 headers of a part",
    pieces: form(part(`${disposition("file")}; filename="a.csv"\r\n${"x: y\r\n".repeat(10_000)}z: z`, csv), end),
  },
  { name: "a part without a disposition", pieces: form(part("content-type: text/csv", csv), end) },
  {
    name: "an attachment",
    pieces: form(part('content-disposition: attachment; name="file"; filename="a.csv"', csv), end),
  },
  {
    name: "a file in base64",
    pieces: form(
      part(
        `${disposition("file")}; filename="a.csv"\r\ncontent-transfer-encoding: base64`,
        Buffer.from(csv).toString("base64"),
      ),
      end,
    ),
  },
  { name: "a field's name of 100 kB", pieces: form(field("a".repeat(100_000), "v"), file, end) },
  { name: "a field of 5 MB", pieces: form(field("model", "v".repeat(megabytes5)), file, end) },
  { name: "a field __proto__", pieces: form(field("__proto__", "v"), file, end) },
  { name: "a field constructor", pieces: form(field("constructor", "v"), file, end) },
  { name: "a mapping of __proto__", pieces: form(field("mapping", '{"__proto__":"tenure_months"}'), file, end) },
  { name: "a mapping of constructor", pieces: form(field("mapping", '{"constructor":"tenure_months"}'), file, end) },
  { name: "a mapping of 30,000 brackets", pieces: form(field("mapping", "[".repeat(30_000)), file, end) },
  {
    name: "a mapping behind the file that does not fit",
    pieces: form(file, field("mapping", '{"nothing":"tenure_months"}'), end),
  },
  { name: "a model that is a path", pieces: form(field("model", "../../etc/passwd"), file, end) },
];

/** Of these, those that are taken must show a name that is one and nothing else. */
const names: readonly Attack[] = [
  ...[
    "../../etc/passwd",
    "C:\\\\Windows\\\\..\\\\a.csv",
    "customers\u202evsc.exe",
    "a%0d%0ab.csv",
    "=cmd|'/c calc'!A1",
    "<img src=x>.csv",
    "a".repeat(12_000),
  ].map(
    (name): Attack => ({
      name: `a file named ${JSON.stringify(name.slice(0, 40))}`,
      pieces: form(fileNamed(name), end),
      may: ["accepted"],
    }),
  ),
  {
    name: "a file name in bytes that are no UTF-8",
    pieces: form(
      Buffer.concat([
        Buffer.from(`--B\r\n${disposition("file")}; filename="`),
        Buffer.from([0xff, 0xfe, 0x61]),
        Buffer.from(`"\r\n\r\n${csv}\r\n`),
      ]),
      end,
    ),
    may: ["accepted"],
  },
  {
    name: "a path as an encoded file name",
    pieces: form(part(`${disposition("file")}; filename*=UTF-8''%2e%2e%2fetc%2fpasswd`, csv), end),
    may: ["accepted"],
  },
  { name: "NUL in a file name", pieces: form(fileNamed("a\0b.csv"), end) },
  { name: "a file name of 1 MB", pieces: form(fileNamed("a".repeat(1_000_000)), end) },
  { name: "a file name in no encoding", pieces: form(part(`${disposition("file")}; filename*=XX''%ff%zz`, csv), end) },
];

export const formAttacks: readonly Attack[] = [...shapes, ...heads, ...names];
