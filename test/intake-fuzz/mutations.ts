/** What happens to bytes on their way: some are lost, doubled, struck over or put between. */
import { Buffer } from "node:buffer";
import fc from "fast-check";

/** `at` and `length` are shares of the file, 0…1. */
export interface Mutation {
  readonly verb: "insert" | "overwrite" | "delete" | "double" | "cut" | "flip" | "move";
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const ascii = (text: string): number[] => [...Buffer.from(text, "latin1")];

/** What a reader may stumble over: marks, quotation marks, halves of characters, other encodings' bytes. */
const stumblingBlocks: readonly (readonly number[])[] = [
  [0],
  [0, 0, 0, 0],
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0xed, 0xa0, 0x80], // a lone high surrogate, as if it were a character of UTF-8
  [0xed, 0xb0, 0x80],
  [0xd8, 0x3d],
  [0x3d, 0xd8],
  [0xf0, 0x9f],
  [0xf0, 0x9f, 0x98, 0x80],
  [0xc0, 0x80],
  [0xe9],
  [0x81],
  [0x80],
  [0x1a],
  [0x85],
  [0xe2, 0x80, 0xa8],
  ascii('"'),
  ascii('""'),
  ascii('","'),
  ascii("\r"),
  ascii("\n"),
  ascii("\r\n\r\n"),
  ascii(","),
  ascii(";"),
  ascii("\t"),
  ascii("sep=;\r\n"),
  ascii("1e999"),
  ascii("NaN"),
  ascii("Infinity"),
  ascii("-1.234.567,89"),
  ascii("Total"),
  ascii("=1+1"),
];

const share = fc.nat(1_000_000).map((millionths) => millionths / 1_000_000);

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    verb: fc.constantFrom<Mutation["verb"]>(
      ...(["insert", "insert", "insert", "overwrite", "overwrite", "delete", "double", "cut", "flip", "move"] as const),
    ),
    at: share,
    length: fc.oneof(
      share.map((long) => long ** 8),
      share,
    ),
    bytes: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...stumblingBlocks).map((bytes) => Uint8Array.from(bytes)) },
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constant(new Uint8Array(140_000).fill(0x78)),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

export const mutated = (bytes: Uint8Array, changes: readonly Mutation[]): Uint8Array => changes.reduce(change, bytes);

function change(before: Uint8Array, { verb, at, length, bytes }: Mutation): Uint8Array {
  const from = Math.floor(at * before.length);
  const to = Math.min(before.length, from + Math.ceil(length * before.length));
  const [head, middle, tail] = [before.subarray(0, from), before.subarray(from, to), before.subarray(to)];
  switch (verb) {
    case "insert":
      return Buffer.concat([head, bytes, before.subarray(from)]);
    case "overwrite":
      return Buffer.concat([head, bytes, before.subarray(Math.min(before.length, from + bytes.length))]);
    case "delete":
      return Buffer.concat([head, tail]);
    case "double":
      return Buffer.concat([head, middle, middle, tail]);
    case "cut":
      return head;
    case "flip":
      return Buffer.concat([head, middle.map((byte) => byte ^ (1 << (bytes[0]! & 7))), tail]);
    case "move":
      return Buffer.concat([middle, head, tail]);
  }
}
