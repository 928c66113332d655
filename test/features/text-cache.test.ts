import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createTextCache } from "../../src/features/text-cache.ts";

/** Texts that share length, first, middle and last character, and others; some too long to be kept. */
const word = fc.oneof(
  fc.constantFrom("", "a", "Yes", "No", "One year", "Two year", "xaxbx", "xbxax", "xaxax", "é", "😀", "\ud83d"),
  fc.string({ unit: fc.constantFrom("a", "b", "é"), maxLength: 5 }),
  fc.integer({ min: 28, max: 36 }).map((length) => "z".repeat(length)),
  fc.integer({ min: 253, max: 258 }).map((length) => "z".repeat(length)),
);

/** Asks as a column does: find, then add what is not known. Answers the number of each word, -1 for those that are not kept. */
function numbersOf(words: readonly string[], capacity: number): number[] {
  const cache = createTextCache(capacity);
  return words.map((each, i) => {
    const text = `<${"-".repeat(i % 3)}${each}>`;
    const [start, end] = [1 + (i % 3), 1 + (i % 3) + each.length];
    const known = cache.find(text, start, end);
    if (known >= 0) assert.equal(cache.texts[known], each);
    return known >= 0 ? known : cache.add(each);
  });
}

describe("text cache", () => {
  it("gives each text the number it got first, as a map would, and keeps no more than it may", () => {
    const property = fc.property(
      fc.array(word, { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      (words, capacity) => {
        const map = new Map<string, number>();
        const expected = words.map((each) => {
          if (!map.has(each) && map.size < capacity && each.length <= 255) map.set(each, map.size);
          return map.get(each) ?? -1;
        });
        assert.deepEqual(numbersOf(words, capacity), expected);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });

  it("tells texts apart that differ only where the hash does not look", () => {
    assert.deepEqual(
      numbersOf(["xaxbx", "xbxax", "xaxbx", "xbxax", "One year", "Two year", "One year"], 8),
      [0, 1, 0, 1, 2, 3, 2],
    );
  });
});
