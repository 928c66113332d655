import assert from "node:assert/strict";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { test } from "../slow-test.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
const customers = [...makeCustomers(400, 11)];
const column = (name: (typeof customerHeader)[number]) => customerHeader.indexOf(name);

type Table = readonly (readonly string[])[];
const plain: Table = [customerHeader, ...customers];
const write = (table: Table, delimiter = ",", end = "\n") =>
  table.map((cells) => cells.map((cell) => quoted(cell, delimiter)).join(delimiter) + end).join("");
const quoted = (cell: string, delimiter: string) =>
  cell.includes(delimiter) || cell.includes('"') || cell.includes("\n") ? `"${cell.replaceAll('"', '""')}"` : cell;
const utf8 = (text: string) => new TextEncoder().encode(text);
/** Changes one column of every customer. */
const dress = (table: Table, name: (typeof customerHeader)[number], change: (cell: string) => string): Table =>
  table.map((cells, row) => (row === 0 ? cells : cells.map((cell, i) => (i === column(name) ? change(cell) : cell))));
const money = (table: Table, change: (cell: string) => string) =>
  dress(dress(table, "MonthlyCharges", change), "TotalCharges", (cell) => (cell.trim() === "" ? cell : change(cell)));
const utf16 = (text: string, littleEndian: boolean) => {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  `\ufeff${text}`.split("").forEach((character, i) => {
    view.setUint16(2 * i, character.charCodeAt(0), littleEndian);
  });
  return bytes;
};
const windows1252 = (text: string) =>
  Uint8Array.from(text, (character) => ({ "–": 0x96, "€": 0x80 })[character] ?? character.charCodeAt(0));
const shuffle = (cells: readonly string[]) => cells.map((_, i) => cells[(i * 7 + 3) % cells.length]!);
const thousands = (cell: string) => cell.replace(/^(\d+)(\d{3})\./, "$1,$2.");
const decimalComma = (cell: string) => cell.replace(".", ",");

const original = await scoreBytes(model, utf8(write(plain)));

const dresses: [name: string, bytes: Uint8Array][] = [
  ["CRLF", utf8(write(plain, ",", "\r\n"))],
  ["lone CR", utf8(write(plain, ",", "\r"))],
  ["UTF-8 with BOM", utf8(`\ufeff${write(plain)}`)],
  ["UTF-16LE", utf16(write(plain), true)],
  ["UTF-16BE", utf16(write(plain), false)],
  ["UTF-16LE with tabs", utf16(write(plain, "\t"), true)],
  [
    "cp1252 with é, – and €",
    windows1252(write([[...customerHeader, "Stadt"], ...customers.map((cells) => [...cells, "Orléans – €"])])),
  ],
  ["semicolons with decimal commas", utf8(write(money(plain, decimalComma), ";"))],
  ["tab", utf8(write(plain, "\t"))],
  ["pipe", utf8(write(plain, "|"))],
  ["thousands separators", utf8(write(money(plain, thousands)))],
  [
    "thousands dots and decimal commas",
    utf8(
      write(
        money(plain, (cell) => thousands(cell).replace(",", "_").replace(".", ",").replace("_", ".")),
        ";",
      ),
    ),
  ],
  ["currency in front", utf8(write(money(plain, (cell) => `$${cell}`)))],
  [
    "currency behind a no-break space",
    utf8(
      write(
        money(plain, (cell) => `${decimalComma(cell)}\u00a0€`),
        ";",
      ),
    ),
  ],
  ["sep= line", utf8(`sep=;\n${write(plain, ";")}`)],
  ["preamble", utf8(`Customer export\nMade on 2026-01-31 by Finance\n\n${write(plain)}`)],
  ["footer", utf8(`${write(plain)}"Grand Totals (400 records)"\n"Confidential Information - Do Not Distribute"\n`)],
  ["trailing commas", utf8(plain.map((cells) => `${cells.join()},,,\n`).join(""))],
  ["blank lines", utf8(plain.map((cells) => `${cells.join()}\n\n`).join(""))],
  ["columns shuffled", utf8(write(plain.map(shuffle)))],
  ["every cell quoted", utf8(plain.map((cells) => `${cells.map((cell) => `"${cell}"`).join()}\n`).join(""))],
  [
    "quoted line breaks",
    utf8(write([[...customerHeader, "Address"], ...customers.map((cells) => [...cells, 'Main St 1\n"Rear", Top'])])),
  ],
  [
    "headers with spaces",
    utf8(write([customerHeader.map((name) => ` ${name.replaceAll(/([a-z])([A-Z])/g, "$1 $2")} `), ...customers])),
  ],
  [
    "Month-to-Month",
    utf8(
      write(
        dress(
          plain,
          "Contract",
          (cell) => ({ "Month-to-month": "Month-to-Month", "One year": "One Year", "Two year": "Two-year" })[cell]!,
        ),
      ),
    ),
  ],
  [
    "1 and 0 for yes and no",
    utf8(
      write(
        dress(
          dress(plain, "Partner", (cell) => (cell === "Yes" ? "1" : "0")),
          "PaperlessBilling",
          (cell) => (cell === "Yes" ? "1.0" : "0.0"),
        ),
      ),
    ),
  ],
  [
    "TRUE and FALSE",
    utf8(
      write(
        dress(
          dress(plain, "SeniorCitizen", (cell) => (cell === "1" ? "TRUE" : "FALSE")),
          "Partner",
          (cell) => (cell === "Yes" ? "True" : "False"),
        ),
      ),
    ),
  ],
  ["no last line end", utf8(write(plain).trimEnd() === "" ? "" : write(plain).slice(0, -1))],
];

const numbers = (scored: typeof original) =>
  scored.predictions.map(({ customerId, probability, rawScore, shapValues }) => [
    customerId,
    probability,
    rawScore,
    ...shapValues,
  ]);

test("the plain file scores every customer", () => {
  assert.equal(original.predictions.length, 400);
  assert.equal(original.rejections.length, 0);
  assert.ok(
    new Set(original.predictions.map((prediction) => prediction.probability)).size > 100,
    "different customers get different scores",
  );
});

for (const [name, bytes] of dresses) {
  test(`the same customers score identically as ${name}`, async () => {
    const scored = await scoreBytes(model, bytes);
    assert.equal(scored.report.blocked, null, JSON.stringify(scored.report));
    assert.deepEqual(scored.rejections.slice(0, 2), []);
    assert.deepEqual(numbers(scored), numbers(original));
  });
}

test("a dress that changes a value changes the numbers, so the comparison above can fail", async () => {
  const changed = dress(plain, "tenure", (cell) => String(Number(cell) + 12));
  assert.notDeepEqual(numbers(await scoreBytes(model, utf8(write(changed)))), numbers(original));
});

test("pieces and blocks of any size give the same numbers", async () => {
  const bytes = utf8(`\ufeff${write(plain, ",", "\r\n")}`);
  for (const piece of [977, 4096, 65_536])
    assert.deepEqual(numbers(await scoreBytes(model, bytes, {}, piece)), numbers(original));
});

test("a file with only the required columns is scored, and says what it did without", async () => {
  const only = plain.map((cells) =>
    [column("customerID"), column("tenure"), column("Contract"), column("MonthlyCharges")].map((i) => cells[i]!),
  );
  const scored = await scoreBytes(model, utf8(write(only)));
  assert.equal(scored.predictions.length, 400);
  assert.equal(scored.report.report.missing_features.length, 15);
  assert.ok(scored.predictions.every((prediction) => prediction.explanationStatus === "ok"));
});
