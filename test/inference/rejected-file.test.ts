import assert from "node:assert/strict";
import { test } from "node:test";
import { splitRecord } from "../../src/csv/split-record.ts";
import { createFirstDress } from "../../src/inference/first-dress.ts";
import { rejectedRecords } from "../../src/inference/rejected-file.ts";
import type { UnderstoodFile } from "../../src/inference/survey.ts";
import type { Upload, UploadReport } from "../../src/store/upload.ts";
import { report as sample } from "../store/samples.ts";

const report = (columns: readonly string[], decimal: string): UploadReport => ({
  ...sample,
  csv: { encoding: "utf-8", delimiter: ",", decimal, header_row: 1 },
  columns,
  mapping: [{ feature: "customer_id", column: "id", confidence: 1, method: "exact", transform: null }],
});
const dress = (
  headers: readonly string[],
  first: readonly string[],
  decimals: readonly [string, string] = [".", "."],
) => createFirstDress({ headers, report: report(headers, decimals[0]) } as UnderstoodFile, report(first, decimals[1]));
const ours = ["row", "error_code", "error"];

test("a record is cut at its commas outside of quotation marks, and put together again is the same", () => {
  for (const record of ["", "a", 'a,"b,""c""",,"\r\n"', '"",', ',"x"']) {
    assert.equal(splitRecord(record).join(","), record);
  }
  assert.deepEqual(splitRecord('a,"b,""c""",,"\r\n"'), ["a", '"b,""c"""', "", '"\r\n"']);
});

test("a corrected row has the first file's columns in their order, as they are written", () => {
  const inFirst = dress([...ours, "b", "id", "more"], ["id", "b"]);
  assert.deepEqual(inFirst('17,x,"y, z","1,5",C-1,new'), { row: 17, source: 'C-1,"1,5"' });
});

test("a column of the customer's own that is called row is no row of ours", () => {
  assert.deepEqual(dress(["row", "id"], ["row", "id"])("9,C-1"), { row: null, source: "9,C-1" });
  assert.deepEqual(dress([...ours, "row", "id"], ["row", "id"])("3,x,y,9,C-1"), { row: 3, source: "9,C-1" });
});

test("columns of one name keep their order, and a header that was guarded is the same header", () => {
  assert.equal(dress([...ours, "a", "a", "'=b"], ["a", "a", "=b"])("3,x,y,1,2,3").source, "1,2,3");
});

test("numbers take the first file's decimal sign, in both directions; ids and texts stay", () => {
  const point = dress(["id", "n", "t"], ["id", "n", "t"], [",", "."]);
  assert.equal(point('"1,5","79,90","a, 1,5"').source, '"1,5",79.90,"a, 1,5"');
  const comma = dress(["id", "n", "t"], ["id", "n", "t"], [".", ","]);
  assert.equal(comma("1.5,-79.90,v1.5").source, '1.5,"-79,90",v1.5');
});

test("a column of the first file that is missing is refused by name", () => {
  assert.throws(() => dress([...ours, "id"], ["id", "Phone"]), { code: "correction_refused", detail: /"Phone"/ });
});

test("rejected.csv of a correction has the row of the first file, and none where the file did not say it", () => {
  const rejection = { row: 2, customerId: null, errorCode: "not_a_number", error: "no, number", source: "" };
  const records = (columns: readonly string[], source: string) => {
    const upload = { options: { corrects: "first" }, report: report(columns, ".") } as unknown as Upload;
    const { header, record } = rejectedRecords(upload);
    return [header, record({ ...rejection, source })];
  };
  const expected = ["row,error_code,error,id,n", '17,not_a_number,"no, number",C-1,x'];
  assert.deepEqual(records([...ours, "id", "n"], '17,a,"b, c",C-1,x'), expected);
  assert.deepEqual(records(["id", "n"], "C-1,x"), [expected[0], ',not_a_number,"no, number",C-1,x']);
});
