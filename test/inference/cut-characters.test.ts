/** What is shown of a long name or value ends between two characters: PostgreSQL refuses half a surrogate pair. About 2 s. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { limits } from "../../src/limits.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
after(() => model.stop());

const long = (shift: number): string => "a".repeat(shift) + "😀".repeat(limits.headerCharacters);

for (const shift of [0, 1]) {
  test(`names and values of many wide characters come back whole, shifted by ${shift}`, async () => {
    const rows = Array.from(
      { length: 80 },
      (_, row) => `${long(shift).slice(0, 2 * row + 200 + shift)},4,50.5,${long(shift).slice(0, 200 + shift)}\n`,
    );
    const text = `customerID,tenure,MonthlyCharges,Contract,${long(shift)}\n${rows.map((row) => row.replace("\n", ",x\n")).join("")}`;
    const scored = await scoreBytes(model, new TextEncoder().encode(text));
    const shown = JSON.stringify(scored, (_, value) => {
      if (typeof value === "string") assert.ok(value.isWellFormed(), value.slice(-20));
      return value;
    });
    assert.ok(shown.includes("😀"));
    assert.ok(scored.report.report.columns[4]!.length >= limits.headerCharacters - 1);
  });
}
