/** 300 hostile files through the inference thread, and four mistakes that they must show. About 20 s; `bun run fuzz` sends more. */
import assert from "node:assert/strict";
import { after, test } from "../slow-test.ts";
import { startTarget } from "./fuzz-target.ts";
import { hostileFile } from "./hostile-file.ts";
import { meetFile } from "./meet-file.ts";
import { type PlantedMistake, plant } from "./planted.ts";

const target = await startTarget();
after(() => target.inference.stop());

test("300 hostile files each end within ten seconds, scored, asked about or refused by name, and the thread answers", async () => {
  const ends = new Set<string>();
  for (let number = 1; number <= 300; number++) {
    const { end, fault } = await meetFile(target.inference, target.model, hostileFile(number), {
      milliseconds: 10_000,
    });
    assert.equal(fault, null, `bun run fuzz --cases 1 --seed ${number}`);
    ends.add(end);
  }
  // Files that all ended at the same door would prove nothing of what is behind it.
  for (const end of ["completed", "needs_mapping", "csv_malformed", "csv_encoding", "csv_truncated", "not_csv"])
    assert.ok(ends.has(end), `none ended as ${end}`);
});

const mistakes: readonly PlantedMistake[] = [
  {
    name: "a quotation that is never closed is waited for",
    file: "src/csv/parser.ts",
    right: 'if (cursor.state === QUOTED) throw parserError("neverClosed", cursor, block);',
    wrong: "while (cursor.state === QUOTED);",
    fault: /^no end within/,
  },
  {
    name: "the words for a fault of the file are missing",
    file: "src/csv/parser-error.ts",
    right: "const [code, detail] = describe(fault, cursor, { row, line, column });",
    wrong: "const [code, detail] = describe(row as never, cursor, { row, line, column });",
    fault: /^internal: /,
  },
  {
    name: "a text is cut in the middle of a character",
    file: "src/csv/cut-text.ts",
    right: "last >= 0xd800 && last <= 0xdbff ? most - 1 : most",
    wrong: "last > 0 ? most : 0",
    fault: /(^|: )half a surrogate pair in /,
  },
  {
    name: "a row is lost between two pieces",
    file: "src/csv/block.ts",
    right: "const row = block.firstRow + block.records;",
    wrong: "const row = block.firstRow + Math.max(0, block.records - 1);",
    fault: /^a row stands there twice|^rows out of order|^internal/,
  },
];

for (const mistake of mistakes) {
  test(`would be seen: ${mistake.name}`, async () => {
    const { tree, remove } = plant(mistake);
    const { inference, model } = await startTarget(tree);
    try {
      let found: string | null = null;
      for (let number = 1; number <= 300 && found === null; number++)
        found = (await meetFile(inference, model, hostileFile(number), { milliseconds: 2_000 })).fault;
      assert.match(found ?? "nothing was seen", mistake.fault);
    } finally {
      await inference.stop();
      remove();
    }
  });
}
