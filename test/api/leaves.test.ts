import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeCursor, encodeCursor } from "../../src/api/cursor.ts";
import { attachment, displayFilename, downloadName } from "../../src/api/filename.ts";
import { findJsonError } from "../../src/api/json-error.ts";
import { isUuid, uuidFrom, uuidv7 } from "../../src/api/uuid.ts";
import { errorKinds } from "../../src/error-kinds.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";

describe("file names", () => {
  it("are short, without path, control or direction characters, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 600 }), fc.string({ unit: "grapheme" })), (given) => {
        const name = displayFilename(given);
        assert.ok(name.length > 0 && name.length <= limits.filenameCharacters && name.isWellFormed());
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
        assert.ok(!/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\u200e\u200f\u061c/\\]/.test(name));
        assert.ok(name !== "." && name !== "..");
        const header = attachment(name);
        assert.ok(/^[\x20-\x7e]*$/.test(header));
        assert.equal(decodeURIComponent(header.split("UTF-8''")[1]!), name);
      }),
    );
  });

  it("of downloads keep the stem", () => {
    assert.equal(downloadName("a.b.csv", "predictions"), "a.b.predictions.csv");
    assert.equal(downloadName("plain", "rejected"), "plain.rejected.csv");
    assert.equal(downloadName(".csv", "rejected"), ".csv.rejected.csv");
    assert.ok(downloadName("x".repeat(400), "rejected").length <= limits.filenameCharacters);
  });

  it("in a header cannot break out of their quotation marks", () => {
    assert.equal(
      attachment('a"; x="b.csv'),
      "attachment; filename=\"a__ x__b.csv\"; filename*=UTF-8''a%22%3B%20x%3D%22b.csv",
    );
  });
});

describe("cursors", () => {
  it("come back as they were, for their own list only", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" }),
        fc.array(fc.option(fc.string())),
        (at, scope) => {
          const cursor = encodeCursor(scope, at)!;
          assert.match(cursor, /^[A-Za-z0-9_-]+$/);
          assert.equal(decodeCursor(scope, cursor), at);
          assert.throws(() => decodeCursor([...scope, "x"], cursor), RetainWiseError);
        },
      ),
    );
    assert.equal(encodeCursor([], null), null);
    assert.equal(decodeCursor([], undefined), null);
  });

  it("that are none are refused with bad_request, whatever comes", () => {
    const refused = (text: string) =>
      assert.throws(
        () => decodeCursor([], text),
        (error) => error instanceof RetainWiseError && error.code === "bad_request",
      );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString("base64url")),
        ),
        refused,
      ),
    );
    refused("");
  });
});

describe("the place of an error in JSON", () => {
  it("is there for exactly the texts that JSON.parse refuses", () => {
    const json = fc.json({ maxDepth: 4 });
    const broken = fc
      .tuple(
        json,
        fc.nat(),
        fc.constantFrom("", "{", "}", "]", ",", '"', "\\", ":", "0", "-", "\n", "e", "null", "\u0000"),
      )
      .map(([text, place, piece]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + piece + text.slice(at + 1);
      });
    fc.assert(
      fc.property(fc.oneof(json, broken, fc.string()), (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        assert.equal(findJsonError(text) === null, parses, text);
      }),
      { numRuns: 2_000 },
    );
  });

  it("names line and column of the first thing that is wrong", () => {
    const places: [string, number, number][] = [
      ["", 1, 1],
      ["{", 1, 2],
      ['{"a":1,}', 1, 8],
      ['{\n "a": nul\n}', 2, 7],
      ["[1 2]", 1, 4],
      ["[]]", 1, 3],
      ['{"a" 1}', 1, 6],
      ['["\\x"]', 1, 4],
      ["01", 1, 2],
      ["[1,]", 1, 4],
    ];
    for (const [text, line, column] of places) {
      const found = findJsonError(text);
      assert.deepEqual([found?.line, found?.column], [line, column], text);
    }
  });

  it("is found in a text that is nested a million deep", () => {
    assert.equal(findJsonError("[".repeat(1_000_000))?.column, 1_000_001);
    assert.equal(findJsonError("[".repeat(500_000) + "]".repeat(500_000)), null);
  });
});

describe("ids", () => {
  it("sort by time, and the same text gives the same id", () => {
    const ids = [1, 1_000, 1_764_000_000_000, 1_764_000_000_001].map((time) => uuidv7(time));
    assert.deepEqual(ids, ids.toSorted());
    assert.ok(ids.every((id) => isUuid(id) && id[14] === "7" && "89ab".includes(id[19]!)));
    assert.equal(new Set(Array.from({ length: 1_000 }, () => uuidv7(5))).size, 1_000);
    assert.equal(uuidFrom("a"), uuidFrom("a"));
    assert.notEqual(uuidFrom("a"), uuidFrom("b"));
    assert.ok(isUuid(uuidFrom("a")) && uuidFrom("a")[14] === "8");
    for (const text of ["", "x", `${ids[0]} `, `${ids[0]}\n`, ids[0]!.replaceAll("-", "")]) assert.ok(!isUuid(text));
  });
});

describe("the table of errors", () => {
  it("has titles without a full stop and remedies with one", () => {
    for (const [code, { title, remedy }] of Object.entries(errorKinds)) {
      assert.ok(!title.endsWith(".") && remedy.endsWith("."), code);
    }
  });
});
