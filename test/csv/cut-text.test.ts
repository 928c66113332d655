import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutText } from "../../src/csv/cut-text.ts";

test("a cut text is a beginning of the whole one, at most one short, and never ends in half a character", () => {
  const anyText = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀"), maxLength: 12 });
  const property = fc.property(anyText, fc.nat(24), (text, most) => {
    const cut = cutText(text, most);
    assert.ok(text.startsWith(cut) && cut.isWellFormed());
    assert.ok(cut.length <= most && cut.length >= Math.min(text.length, most) - 1);
  });
  fc.assert(property, { numRuns: 2_000 });
});

test("would be seen to fail: a plain slice", () => {
  assert.equal(cutText("a😀", 2), "a");
  assert.ok(!"a😀".slice(0, 2).isWellFormed());
});
