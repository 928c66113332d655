import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Delimiter, detectDialect } from "../../src/csv/dialect.ts";
import { headRecords } from "../../src/csv/head-records.ts";
import { limits } from "../../src/limits.ts";
import { parseAll } from "./parse-all.ts";

const names = new Set([
  "customer_id",
  "customerid",
  "tenure",
  "contract",
  "monthlycharges",
  "totalcharges",
  "churn",
  "mrr",
]);
const knows = (header: string) => names.has(header.toLowerCase());
const repeat = (count: number, row: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => row(index));
const preamble = (count: number) =>
  repeat(count, (index) => `Note ${index}: taken from the shop; see page ${index}, or ask`);

const cases: readonly [name: string, lines: string[], delimiter: Delimiter, headerRow: number][] = [
  ["commas", ["id,plan,mrr", "1,pro,79.90"], ",", 1],
  ["tabs", ["id\tplan\tcity", "1\tpro\tParis, FR", "2\tbasic\tLyon, FR"], "\t", 1],
  ["pipes", ["id|plan|mrr", "1|pro|79,90", "2|x|5,00"], "|", 1],
  ["a header alone", ["id;plan;mrr"], ";", 1],
  ["semicolons with decimal commas", ["name;mrr;total", "A;79,90;1.234,50", "B;29,90;-21.419,06"], ";", 1],
  [
    "semicolons, two columns, one decimal comma a row",
    ["datum;betrag", ...repeat(50, (at) => `0${(at % 9) + 1}.01.2024;12,50`)],
    ";",
    1,
  ],
  [
    "semicolons with text that has one comma in every row",
    ["id;name, full;mrr", "1;Doe, John;79", "2;Roe, Jane;80"],
    ";",
    1,
  ],
  ["semicolons with texts full of commas", ["id;comment", "1;well, yes, no, maybe", "2;a, b", "3;c"], ";", 1],
  ["commas with lists joined by semicolons", ["id,tags", "x,a;b;c", "y,d;e;f", "z,g;h;i"], ",", 1],
  ["commas with lists joined by pipes", ["MRR,PLAN_NAME,UUID", "10,a|b,u1", "20,c|d,u2"], ",", 1],
  ["quoted commas in a semicolon file", ['id;"name, first";"a,b"', '1;"x,y";"1,5"', '2;"x,y";"2,5"'], ";", 1],
  ["every cell quoted", ['"id";"plan";"mrr"', '"1";"pro";"79,90"'], ";", 1],
  ["a line end in a quotation", ["id,note,mrr", '1,"one; two\nthree; four\n\nfive",3', '2,"x\r\ny",4'], ",", 1],
  ["a quotation of many lines in the header", ['id,"monthly\ncharges",c', "1,2,3"], ",", 1],
  ["short texts below the header", ["id,plan,city", "a,b,c", "d,e,f"], ",", 1],
  ["a second row that looks like a header", ["id,plan,city", "Text,Text,Text", "a,b,c"], ",", 1],
  ["an index column without a name", [",mrr", "0,5", "1,6"], ",", 1],
  ["an empty first row and column", [",,,", ",name,mrr,plan", ",A,1,x", ",B,2,y"], ",", 2],
  ["trailing delimiters below the header", ["id,plan,mrr", "1,a,2,,", "2,b,3,,"], ",", 1],
  ["a header wider than its rows", ["id,plan,mrr,", "1,a,2", "2,b,3"], ",", 1],
  [
    "footers",
    ["id,plan,mrr", "1,a,2", "2,b,3", "Grand Totals (2 records)", '"Copyright, all rights reserved."'],
    ",",
    1,
  ],
  ["blank lines first", ["", "", "id;plan", "1;a"], ";", 3],
  [
    "a preamble of single cells longer than the table",
    ["Shop", "Export", "2024", "by Ann", "id,plan,mrr", "1,a,2"],
    ",",
    5,
  ],
  ["a preamble of prose", [...preamble(23), "customer_id;tenure;mrr", "1;5;79,90", "2;6;80,10"], ";", 24],
  [
    "a preamble as wide as the table, by known names",
    ["From,2024-01-01,x", "customer_id,tenure,plan", "1,5,a", "2,6,b"],
    ",",
    2,
  ],
  ["a preamble padded with delimiters", ["Report,,,,", ",,,,", "id,plan,mrr,city,note", "1,a,2,b,c"], ",", 3],
  ["a title with a known name above the header", ["Churn", "", "customerID,tenure,plan", "1,5,a"], ",", 3],
  ["data that holds a known name", ["kunde,notiz,wert", "1,tenure,3", "2,x,4"], ",", 1],
  ["one column", ["email", "a@example.com", "b@example.com"], ",", 1],
  ["one column of decimal commas", ["mrr", "79,90", "12,50", "13,50"], ",", 1],
  ["names like those of Object.prototype", ["__proto__;constructor;mrr", "1;2;3,5"], ";", 1],
];

describe("detectDialect", () => {
  for (const [name, lines, delimiter, headerRow] of cases) {
    for (const [ending, final] of [
      ["\n", true],
      ["\r\n", true],
      ["\r\n", false],
    ] as const) {
      it(`sees ${name} (${JSON.stringify(ending)}${final ? "" : ", no final line end"})`, () => {
        const head = lines.join(ending) + (final ? ending : "");
        assert.deepEqual(detectDialect(head, {}, knows), { delimiter, headerRow, separatorLine: false });
      });
    }
  }

  it("would be seen to fail: counting characters takes decimal commas for delimiters", () => {
    const [, lines, delimiter] = cases.find(([name]) => name === "semicolons with decimal commas")!;
    const count = (character: string) => lines.slice(1).join("").split(character).length;
    assert.notEqual(count(",") >= count(";") ? "," : ";", delimiter);
  });

  it("obeys a separator line and leaves it out of the header", () => {
    for (const line of ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"]) {
      assert.deepEqual(detectDialect(`${line}\r\na,b;c,d\r\n1,5;2,5\r\n`), {
        delimiter: ";",
        headerRow: 2,
        separatorLine: true,
      });
    }
    assert.deepEqual(detectDialect("sep=\t\n\nid\tmrr\n1\t2,5\n"), {
      delimiter: "\t",
      headerRow: 3,
      separatorLine: true,
    });
    assert.deepEqual(detectDialect("sep=:\nid;mrr\n1;2,5\n"), { delimiter: ";", headerRow: 2, separatorLine: true });
    assert.equal(detectDialect("sep=,x;y\n1;2\n").separatorLine, false);
  });

  it("obeys the person before all else", () => {
    const head = "sep=,\nid;mrr\nx;y\n1;2,5\n";
    assert.deepEqual(detectDialect(head, { delimiter: ";" }), { delimiter: ";", headerRow: 2, separatorLine: true });
    assert.equal(detectDialect(head, { delimiter: ";", headerRow: 3 }).headerRow, 3);
    assert.equal(detectDialect(head, { headerRow: 1 }).headerRow, 2);
    assert.deepEqual(detectDialect("t\na;b,c\n1;2,5\n", { headerRow: 2 }).delimiter, ";");
    assert.equal(detectDialect("a;b\n1;2\n", { headerRow: 99 }).headerRow, 99);
  });

  it("searches no further than the limit", () => {
    const lines = [...repeat(limits.headerSearchRows, () => "note"), "customer_id,tenure,mrr", "1,2,3"];
    assert.equal(detectDialect(lines.join("\n"), {}, knows).headerRow, 1);
    assert.equal(detectDialect(lines.slice(1).join("\n"), {}, knows).headerRow, limits.headerSearchRows);
  });

  it("answers for heads without any table", () => {
    for (const head of ["", "\n", "\n\n\n", "   "]) assert.equal(detectDialect(head).delimiter, ",");
  });

  it("gives the same answer wherever the head is cut below a few rows", () => {
    const head = ["name;note;mrr", ...repeat(30, (at) => `A${at};"x, ""y""\nz";1.${at + 100},50`)].join("\r\n");
    for (let cut = 90; cut <= head.length; cut++) {
      assert.deepEqual(
        detectDialect(head.slice(0, cut)),
        { delimiter: ";", headerRow: 1, separatorLine: false },
        `cut at ${cut}`,
      );
    }
  });

  it("is quick on a head that is one open quotation, one row, or delimiters only", () => {
    const started = performance.now();
    for (const head of [
      `"${'""'.repeat(32_000)}`,
      "x".repeat(65_536),
      ",".repeat(65_536),
      "\n".repeat(65_536),
      '"a"b,'.repeat(13_000),
    ]) {
      detectDialect(head, {}, knows);
    }
    assert.ok(performance.now() - started < 2_000);
  });
});

describe("headRecords", () => {
  it("divides what the parser accepts as the parser does", () => {
    const text = fc
      .array(fc.constantFrom("a", ",", '"', '""', "\r", "\n", "\r\n", " ", "é"), { maxLength: 30 })
      .map((parts) => parts.join(""));
    const property = fc.property(text, (head) => {
      const { rows, finalLineBreak, error } = parseAll([head]);
      fc.pre(error === null);
      const trial = headRecords(head, ",", 1_000);
      assert.deepEqual(trial.records, rows);
      assert.equal(trial.malformed, 0);
      assert.equal(trial.open, rows.length > 0 && !finalLineBreak);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
