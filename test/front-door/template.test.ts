/** A template is filled in by a person with a spreadsheet, which saves it in its own dress. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "../slow-test.ts";
import { run } from "./cli.ts";

const dresses: readonly (readonly [string, (csv: string) => string | Uint8Array])[] = [
  ["as it is", (csv) => csv],
  ["with semicolons and decimal commas", withSemicolons],
  ["with capitals in the header", (csv) => csv.replace(/^[^\r\n]*/, (header) => header.toUpperCase())],
  ["with everything in quotation marks", (csv) => csv.replaceAll(/[^,\r\n]+/g, '"$&"')],
  ["in UTF-16 with tabs", (csv) => Buffer.from(`\ufeff${csv.replaceAll(",", "\t")}`, "utf16le")],
];

/** As a spreadsheet saves it where the decimal mark is a comma. */
function withSemicolons(csv: string): string {
  const rows = csv.split("\r\n").map((line) => line.split(",").map((cell) => cell.replace(/(\d)\.(\d)/g, "$1,$2")));
  return rows.map((cells) => cells.map((cell) => (cell.includes(";") ? `"${cell}"` : cell)).join(";")).join("\r\n");
}

test("without a name the command says which templates there are, and an unknown one is an error with the next step", async () => {
  const { code, stdout } = await run(["template"]);
  assert.equal(code, 0);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[0]),
    ["telecom", "saas", "generic"],
  );
  const unknown = await run(["template", "bakery"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /no model named bakery/);
});

for (const name of ["telecom", "saas", "generic"]) {
  test(`the template ${name} is scored in every dress, the same, with nothing asked, and without its line of guidance`, async () => {
    const { stdout: csv } = await run(["template", name]);
    const columns = csv.slice(0, csv.indexOf("\r\n")).split(",");
    let first: string | undefined;
    for (const [dress, put] of dresses) {
      const { code, stdout, stderr } = await run(["score", "-", "--shap"], { stdin: put(csv) });
      assert.equal(code, 0, `${dress}: ${stderr}`);
      assert.match(stderr, /3 customers scored, 0 set aside, 3 read/, dress);
      assert.match(stderr, /guidance is left out/, dress);
      // Scored with everything that the template has: what it says of other features it says of none of these.
      assert.doesNotMatch(stderr, /^[!✗?]/m, `${dress}: ${stderr}`);
      const rows = stdout.trimEnd().split("\r\n").slice(1);
      assert.equal(rows.length, 3);
      const scores = rows.map((row) => row.match(/,(0\.\d+,(?:high|medium|low),.*)$/)?.[1]).join("\n");
      first ??= scores;
      assert.equal(scores, first, dress);
    }
    assert.ok(columns.length > 5);
    // What only a column of internet services could settle is no choice where there is no such column.
    assert.equal(csv.includes("No internet service"), name === "telecom");
  });
}
