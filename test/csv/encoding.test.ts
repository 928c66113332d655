import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createDecoder, detectEncoding, type Encoding } from "../../src/csv/encoding.ts";
import { EncodingError } from "../../src/csv/encoding-error.ts";
import { bytesOf } from "./bytes-of.ts";

function decode(encoding: Encoding, pieces: readonly Uint8Array[]): string {
  const decoder = createDecoder(encoding);
  return pieces.map((piece) => decoder.push(piece)).join("") + decoder.end();
}

/** What decoding says when the bytes are cut in these places. */
function outcome(encoding: Encoding, bytes: Uint8Array, first: number, second: number): unknown {
  try {
    return decode(encoding, [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)]);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    return [error.code, error.detail, error.byteOffset, error.fallback];
  }
}

/** The same outcome for every cutting in up to three pieces. */
function outcomeOfAll(encoding: Encoding, bytes: Uint8Array): unknown {
  const whole = outcome(encoding, bytes, 0, 0);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      assert.deepEqual(outcome(encoding, bytes, first, second), whole, `cut at ${first} and ${second}`);
    }
  }
  return whole;
}

const texts: Readonly<Record<Encoding, string>> = {
  "utf-8": 'név,"€ 5"\r\n😀,–',
  "utf-8-bom": 'név,"€ 5"\r\n😀,–',
  "utf-16le": "név,€\r\n😀,\ufeff一",
  "utf-16be": "név,€\r\n😀,\ufeff一",
  "windows-1252": "né,€–œŽÿ\u00a0\r\n“x”",
};

describe("encoding", () => {
  for (const [encoding, text] of Object.entries(texts) as [Encoding, string][]) {
    it(`decodes ${encoding} at every boundary`, () => {
      assert.equal(outcomeOfAll(encoding, bytesOf(text, encoding)), text);
    });
  }

  it("drops one leading byte order mark and keeps others", () => {
    for (const encoding of ["utf-8", "utf-8-bom"] as const) {
      assert.equal(decode(encoding, [bytesOf("\ufeff\ufeffa\ufeff", "utf-8")]), "\ufeffa\ufeff");
    }
    for (const encoding of ["utf-16le", "utf-16be"] as const) {
      assert.equal(decode(encoding, [bytesOf("a", encoding)]), "a");
      assert.equal(decode(encoding, [bytesOf("\ufeffa", encoding)]), "\ufeffa");
      assert.equal(decode(encoding, [bytesOf("a", encoding).slice(2)]), "a");
    }
  });

  const broken: readonly [
    name: string,
    encoding: Encoding,
    bytes: number[],
    outcome: [string, RegExp, number, string | null],
  ][] = [
    [
      "cp1252 bytes in UTF-8",
      "utf-8",
      [0x61, 0x2c, 0xe9, 0x2c],
      ["csv_encoding", /offset 2 are not UTF-8/, 2, "windows-1252"],
    ],
    ["a cp1252 letter as the last byte", "utf-8", [0x61, 0xe9], ["csv_encoding", /not UTF-8/, 1, "windows-1252"]],
    ["an overlong form", "utf-8", [0xc0, 0xaf], ["csv_encoding", /not UTF-8/, 0, "windows-1252"]],
    ["a surrogate in UTF-8", "utf-8", [0x61, 0xed, 0xa0, 0x80], ["csv_encoding", /not UTF-8/, 1, "windows-1252"]],
    [
      "a character beyond U+10FFFF",
      "utf-8",
      [0xf4, 0x90, 0x80, 0x80],
      ["csv_encoding", /not UTF-8/, 0, "windows-1252"],
    ],
    [
      "invalid bytes after a byte order mark",
      "utf-8-bom",
      [0xef, 0xbb, 0xbf, 0x61, 0xff],
      ["csv_encoding", /not UTF-8/, 4, null],
    ],
    ["UTF-8 cut after other UTF-8", "utf-8", [0xc3, 0xa9, 0xe2, 0x82], ["csv_truncated", /offset 2/, 2, null]],
    [
      "UTF-8 with a mark, cut",
      "utf-8-bom",
      [0xef, 0xbb, 0xbf, 0x61, 0xf0, 0x9f],
      ["csv_truncated", /offset 4/, 4, null],
    ],
    ["NUL in UTF-8", "utf-8", [0x61, 0x0a, 0, 0xff], ["csv_encoding", /NUL character at byte offset 2/, 2, null]],
    ["NUL in cp1252", "windows-1252", [0xe9, 0, 0x81], ["csv_encoding", /NUL character at byte offset 1/, 1, null]],
    [
      "NUL in UTF-16LE",
      "utf-16le",
      [0xff, 0xfe, 0x61, 0, 0, 0],
      ["csv_encoding", /NUL character at byte offset 4/, 4, null],
    ],
    [
      "a lone low surrogate",
      "utf-16le",
      [0x61, 0, 0, 0xdc, 0x62, 0],
      ["csv_encoding", /offset 2 are not UTF-16/, 2, null],
    ],
    [
      "a lone high surrogate",
      "utf-16be",
      [0, 0x61, 0xd8, 0, 0, 0x62],
      ["csv_encoding", /offset 2 are not UTF-16/, 2, null],
    ],
    ["UTF-16 cut in a unit", "utf-16le", [0x61, 0, 0x62], ["csv_truncated", /offset 2/, 2, null]],
    ["UTF-16 cut in a pair", "utf-16be", [0, 0x61, 0xd8, 0x3d], ["csv_truncated", /offset 2/, 2, null]],
    [
      "bytes that cp1252 does not define",
      "windows-1252",
      [0x61, 0x81],
      ["csv_encoding", /byte 81 at offset 1/, 1, null],
    ],
  ];
  for (const [name, encoding, bytes, [code, detail, byteOffset, fallback]] of broken) {
    it(`refuses ${name}, the same at every boundary`, () => {
      const found = outcomeOfAll(encoding, Uint8Array.from(bytes)) as [string, string, number, string | null];
      assert.deepEqual([found[0], found[2], found[3]], [code, byteOffset, fallback]);
      assert.match(found[1], detail);
    });
  }

  it("refuses all five undefined bytes of Windows-1252 and decodes the other 250", () => {
    const undefinedBytes = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
    const all = Array.from({ length: 255 }, (_, index) => index + 1);
    for (const byte of undefinedBytes)
      assert.throws(() => decode("windows-1252", [Uint8Array.of(byte)]), EncodingError);
    const text = decode("windows-1252", [Uint8Array.from(all.filter((byte) => !undefinedBytes.includes(byte)))]);
    assert.equal(new Set(text).size, 250);
    assert.equal(text.slice(127, 131), "€‚ƒ„");
  });

  it("decodes any text in any cutting", () => {
    const property = fc.property(
      fc.string({ unit: "binary", maxLength: 30 }).filter((text) => text.isWellFormed() && !/^\ufeff|\0/.test(text)),
      fc.constantFrom<Encoding>("utf-8", "utf-8-bom", "utf-16le", "utf-16be"),
      fc.nat(),
      fc.nat(),
      (text, encoding, first, second) => {
        const bytes = bytesOf(text, encoding);
        const places = [first % (bytes.length + 1), second % (bytes.length + 1)].sort((a, b) => a - b);
        assert.equal(outcome(encoding, bytes, places[0]!, places[1]!), text);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });

  it("would be seen to fail: a decoder that forgets cut characters", () => {
    const bytes = bytesOf("é", "utf-8");
    const forgetful = [bytes.slice(0, 1), bytes.slice(1)].map((piece) => new TextDecoder().decode(piece)).join("");
    assert.notEqual(forgetful, "é");
  });

  it("keeps no hold of the caller's bytes", () => {
    const decoder = createDecoder("utf-8");
    const buffer = Uint8Array.of(0x61, 0xc3);
    decoder.push(buffer);
    buffer.fill(0x62);
    assert.equal(decoder.push(Uint8Array.of(0xa9)), "é");
  });
});

describe("detectEncoding", () => {
  const csv = "customerID;tenure;név\r\n7590;12;Ágnes\r\n";
  it("goes by the byte order mark", () => {
    for (const encoding of ["utf-8-bom", "utf-16le", "utf-16be"] as const) {
      assert.equal(detectEncoding(bytesOf(csv, encoding)), encoding);
    }
  });
  it("sees UTF-16 without a mark, in languages without ASCII letters too, cut anywhere", () => {
    for (const text of [
      csv,
      "номер;имя;срок\r\n1;Анна;12\r\n2;Юрий;7\r\n",
      "编号,姓名\r\n1,一一\r\n2,王伟\r\n",
      "id\t😀\r\n",
    ]) {
      for (const encoding of ["utf-16le", "utf-16be"] as const) {
        const bytes = bytesOf(text, encoding).slice(2);
        assert.equal(detectEncoding(bytes), encoding, text);
        assert.equal(detectEncoding(bytes.slice(0, -1)), encoding, text);
      }
    }
  });
  it("starts with UTF-8 otherwise", () => {
    for (const bytes of [[], [0x61], [0xe9, 0x2c], [0x41, 0, 0, 0, 0x42, 0, 0, 0], [0, 0, 0, 0]]) {
      assert.equal(detectEncoding(Uint8Array.from(bytes)), "utf-8");
    }
    assert.equal(detectEncoding(bytesOf(csv, "windows-1252")), "utf-8");
  });
});
