import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createParser } from "../../src/csv/parser.ts";
import { cellText, recordWidth } from "../../src/csv/records.ts";
import { parseAll, parseRows } from "./parse-all.ts";

const cases: readonly [name: string, text: string, rows: string[][]][] = [
  ["reads nothing from an empty file", "", []],
  [
    "ends records with LF",
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "ends records with CRLF",
    "a,b\r\n1,2\r\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "ends records with a lone CR",
    "a,b\r1,2\r",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  ["takes CR CR LF for a record and a blank line", "a\r\r\nb", [["a"], [""], ["b"]]],
  ["takes LF CR for two line ends", "a\n\rb", [["a"], [""], ["b"]]],
  [
    "keeps a last record without a line end",
    "a,b\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  ["keeps an empty last cell at the end of the file", "a,", [["a", ""]]],
  [
    "keeps empty cells",
    ",\n,,\n",
    [
      ["", ""],
      ["", "", ""],
    ],
  ],
  ["keeps blank lines as records", "a\n\nb\n\n", [["a"], [""], ["b"], [""]]],
  ["keeps spaces of bare cells", " a , b \n", [[" a ", " b "]]],
  ["keeps ragged records as wide as they are", "a,b\n1\n1,2,3\n", [["a", "b"], ["1"], ["1", "2", "3"]]],
  ["unwraps quoted cells", '"a","b"\n', [["a", "b"]]],
  ["keeps delimiters inside quotations", '"a,b",c\n', [["a,b", "c"]]],
  ["keeps line ends inside quotations as they are", '"a\nb\r\nc\rd",e\n', [["a\nb\r\nc\rd", "e"]]],
  ["makes doubled quotation marks single", '"say ""hi""",""""\n', [['say "hi"', '"']]],
  ["keeps spaces inside quotations", '" a "\n', [[" a "]]],
  ["reads an empty quoted cell", '"",""\n', [["", ""]]],
  ["reads an empty quoted cell at the end of the file", 'a,""', [["a", ""]]],
  ["takes a quotation mark inside a bare cell for data", '5" pipe,a"b"c\n', [['5" pipe', 'a"b"c']]],
  ["takes a quotation mark behind a space for data", 'a, "b"\n', [["a", ' "b"']]],
  ["drops spaces between a closing mark and what ends the cell", '"a"  ,"b" \n"c" ', [["a", "b"], ["c"]]],
  ["keeps U+FEFF that is not at the start", "a\n\ufeffb\n", [["a"], ["\ufeffb"]]],
  [
    "keeps text beyond the basic plane",
    "😀,é\n€,𝒳\n",
    [
      ["😀", "é"],
      ["€", "𝒳"],
    ],
  ],
];

describe("parser", () => {
  for (const [name, text, rows] of cases) it(name, () => assert.deepEqual(parseRows(text), rows));

  for (const delimiter of [",", ";", "\t", "|"] as const) {
    it(`divides at ${JSON.stringify(delimiter)} and at no other`, () => {
      const cells = ["x,y;z\tu|v".replace(delimiter, "-"), `a${delimiter}b`];
      assert.deepEqual(parseRows(`${cells[0]}${delimiter}"${cells[1]}"\n`, delimiter), [cells]);
    });
  }

  it("counts rows as a spreadsheet does and lines as an editor does", () => {
    const { rows, lines } = parseAll(['a,b\n\n"x\r\ny\rz\n",1\r\nlast,2']);
    assert.deepEqual(
      rows.map((cells) => cells[0]),
      ["a", "", "x\r\ny\rz\n", "last"],
    );
    assert.deepEqual(lines, [1, 2, 3, 7]);
  });

  it("says whether the file ended with a line end", () => {
    for (const text of ["a\n", "a\r\n", "a\r", '"a"\n', "a\n\n"])
      assert.equal(parseAll([text]).finalLineBreak, true, text);
    for (const text of ["", "a", "a\nb", "a,", '"a\n"', 'a\n"b" '])
      assert.equal(parseAll([text]).finalLineBreak, false, text);
  });

  it("marks cells as bare, quoted, and quoted with doubled marks", () => {
    const records = createParser({ delimiter: "," }).push('a,"b","c""d",""\n');
    assert.deepEqual(Array.from(records.quoting), [0, 1, 2, 1]);
    assert.equal(recordWidth(records, 0), 4);
    assert.equal(cellText(records, 2), 'c"d');
  });

  it("gives blocks that stay as they are when the parser goes on", () => {
    const parser = createParser({ delimiter: "," });
    const first = parser.push("a,b\n1,");
    parser.push("2\n3,4\n5,6\n");
    assert.equal(first.count, 1);
    assert.deepEqual([cellText(first, 0), cellText(first, 1)], ["a", "b"]);
    assert.equal(first.starts.length, 2);
  });
});
