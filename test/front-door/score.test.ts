import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { sharedData, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { areaUnderCurve, readTable } from "./csv-table.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const inFolder = (name: string) => join(folder.path, name);

const telecom = sharedData("telecom_customers.csv");

test("scores the whole telecom sample, counts its blank totals and ranks who left", {
  skip: skipWithout("shared/data/telecom_customers.csv", telecom !== null),
}, async () => {
  const out = inFolder("telecom.csv");
  const { code, stderr, stdout } = await run(["score", telecom!, "--out", out]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /7,043 customers scored, 0 set aside, 7,043 read/);
  assert.match(stderr, /11 × blank_value: "TotalCharges"/);
  const { rows } = readTable(readFileSync(out, "utf8"));
  const scores = rows.map((row) => Number(row.get("churn_probability")));
  const labels = rows.map((row) => row.get("Churn") === "Yes");
  assert.equal(rows.length, 7043);
  const auc = areaUnderCurve(scores, labels);
  assert.ok(auc >= 0.84, `AUC ${auc}`);
  assert.ok(
    areaUnderCurve(
      scores.map((score) => -score),
      labels,
    ) < 0.2,
    "a reversed score must be seen",
  );
  assert.ok(
    rows.every((row) => row.get("reason_1") !== ""),
    "every customer has a reason",
  );
});

test("passes the customer's own columns on as they came and adds its own at the end", async () => {
  const { code, stdout, stderr } = await run(["score", "-"], {
    stdin: 'customer_id,tenure,Contract,MonthlyCharges,note\n"a ""b""",5,One year,70.5,"x, y"\n',
  });
  assert.equal(code, 0, stderr);
  const [header, row] = stdout.split("\r\n");
  assert.equal(
    header,
    "customer_id,tenure,Contract,MonthlyCharges,note,churn_probability,risk_tier,reason_1,reason_2,reason_3",
  );
  assert.ok(row!.startsWith('"a ""b""",5,One year,70.5,"x, y",0.'), row);
});

test("--unit and --as-of convert the column given with --map, and without them nothing is scored", async () => {
  const days = "customer_id,tenure,Contract,MonthlyCharges\na,365,One year,70.5\n";
  const dates = "customer_id,Created (UTC),Contract,MonthlyCharges\na,2025-03-01,One year,70.5\n";
  const months = "customer_id,tenure,Contract,MonthlyCharges\na,12,One year,70.5\n";
  const probability = async (stdin: string, ...options: string[]) => {
    const { code, stdout, stderr } = await run(["score", "-", ...options], { stdin });
    assert.equal(code, 0, stderr);
    return readTable(stdout).rows[0]!.get("churn_probability");
  };
  const wanted = await probability(months);
  const map = ["--map", "tenure_months=tenure"];
  const mapDates = ["--map", "tenure_months=Created (UTC)"];
  assert.equal(await probability(days, ...map, "--unit", "tenure_months=days"), wanted);
  assert.equal(await probability(dates, ...mapDates, "--as-of", "2026-03-15"), wanted);
  const asked = await run(["score", "-", ...mapDates], { stdin: dates });
  assert.equal(asked.code, 2);
  assert.match(asked.stderr, /as_of/);
  const wrong = await run(["score", "-", ...map, "--unit", "tenure_months=furlongs"], { stdin: days });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /days, weeks, quarters, years/);
});

test("guards cells that a spreadsheet would run, and leaves numbers alone", async () => {
  const { stdout } = await run(["score", "-"], {
    stdin:
      'customer_id,tenure,Contract,MonthlyCharges,note,change,spaced,blank\n=1+1,5,One year,70.5,@SUM(A1),-5,  =2+2,  \nC-2,7,One year,71.5, all right,\u00a0=3,"  a ""b""", x\n',
  });
  const row = readTable(stdout).rows[0]!;
  assert.equal(row.get("customer_id"), "'=1+1");
  assert.equal(row.get("note"), "'@SUM(A1)");
  assert.equal(row.get("change"), "-5");
  assert.equal(row.get("spaced"), "'  =2+2");
  assert.equal(row.get("blank"), "  ");
  assert.match(stdout, /^C-2,7,One year,71\.5, all right,'\u00a0=3," {2}a ""b""", x,/m);
});

test("each character that starts a formula is guarded where it is the only such cell of its row", async () => {
  const cells = ["=1+1", "+A1", "-A1", "@A1", "\t=1", " =1", "\u00a0=1", "＝1"];
  const rows = cells.map((cell, i) => `C-${i},5,One year,70.5,${cell}\n`);
  const { stdout } = await run(["score", "-"], {
    stdin: `customer_id,tenure,Contract,MonthlyCharges,note\n${rows.join("")}`,
  });
  assert.deepEqual(
    readTable(stdout).rows.map((row) => row.get("note")),
    cells.map((cell) => `'${cell}`),
  );
});

test("with --shap, base value and SHAP values give the probability of every row", async () => {
  const { stdout, stderr, code } = await run(["score", "samples/telecom.csv", "--shap"]);
  assert.equal(code, 0, stderr);
  const verify = await run(["model", "verify", "models/telecom/1.1.0"]);
  const base = Number(/base value (-?[\d.]+)/.exec(verify.stdout)![1]);
  const { header, rows } = readTable(stdout);
  const columns = header.filter((name) => name.startsWith("shap_"));
  assert.equal(columns.length, 18);
  for (const row of rows) {
    const raw = columns.reduce((sum, name) => sum + Number(row.get(name)), base);
    const probability = 1 / (1 + Math.exp(-raw));
    // The base value is printed with four digits.
    assert.ok(Math.abs(probability - Number(row.get("churn_probability"))) < 5e-5);
  }
});

test("sets bad rows aside with every reason, in a file that can be corrected and sent again", async () => {
  const rejected = inFolder("rejected.csv");
  const { code } = await run(["score", "samples/telecom.csv", "--out", inFolder("sample.csv"), "--rejected", rejected]);
  assert.equal(code, 0);
  const { header, rows } = readTable(readFileSync(rejected, "utf8"));
  assert.deepEqual(header, ["row", "error_code", "error", ...customerHeader]);
  assert.deepEqual(
    rows.map((row) => `${row.get("row")} ${row.get("error_code")}`),
    ["19 required_value_missing", "50 out_of_range", "95 unknown_category", "190 not_a_number", "264 row_width"],
  );
  const corrected = readFileSync(rejected, "utf8")
    .split("\r\n")
    .filter((line) => !line.startsWith("264,"))
    .join("\r\n")
    .replace(",Quarterly,", ",One year,");
  const again = await run(["score", "-"], { stdin: corrected });
  assert.equal(again.code, 0, again.stderr);
  const scored = readTable(again.stdout).rows;
  assert.equal(scored.length, 1);
  assert.equal(scored[0]!.get("Contract"), "One year");
});

test("a file that cannot be scored ends with 2, its code, what to do, and nothing written", async () => {
  const header = "customer_id,tenure,Contract,MonthlyCharges\n";
  const row = "a,5,One year,70\n";
  const cases: [name: string, bytes: string | Uint8Array, code: string][] = [
    ["empty", "", "empty_file"],
    ["only space", " \n\n \t\n", "empty_file"],
    ["header only", header, "no_data_rows"],
    ["workbook", Uint8Array.from([0x50, 0x4b, 3, 4, ...new TextEncoder().encode("....xl/workbook.xml")]), "not_csv"],
    ["archive", Uint8Array.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4]), "not_csv"],
    ["binary", Uint8Array.from({ length: 500 }, (_, i) => (i * 37) % 256), "not_csv"],
    ["NUL bytes", `${header}a,5,One\0 year,70\n`, "not_csv"],
    ["unclosed quote", `${header}"a,5,One year,70\n${row}`, "csv_malformed"],
    ["text after a quote", `${header}"a"b,5,One year,70\n`, "csv_malformed"],
    ["ragged", `${header}a,5\nb,6\n`, "all_rows_rejected"],
    [
      "duplicate headers",
      `customer_id,tenure,tenure,Contract,MonthlyCharges\na,5,6,One year,70\n`,
      "duplicate_columns",
    ],
    ["missing required column", "customer_id,tenure,MonthlyCharges\na,5,70\n", "required_columns_missing"],
    ["cut off", `${header}${row.repeat(50)}b,6,One`, "csv_truncated"],
  ];
  for (const [name, bytes, expected] of cases) {
    const file = inFolder("bad.csv");
    writeFileSync(file, bytes);
    const before = readdirSync(folder.path);
    const { code, stderr, stdout } = await run(["score", file, "--out", inFolder("never.csv")]);
    assert.equal(code, 2, `${name}: ${stderr}`);
    assert.ok(stderr.includes(`(${expected})`), `${name}: ${stderr}`);
    assert.match(stderr, /What to do: /, name);
    assert.equal(stdout, "", name);
    assert.ok(!existsSync(inFolder("never.csv")), name);
    assert.deepEqual(readdirSync(folder.path), before, name);
  }
});

test("headers named after an object's own machinery are columns like any other", async () => {
  const stdin = "customer_id,tenure,Contract,MonthlyCharges,__proto__,constructor,prototype\na,5,One year,70,x,y,z\n";
  const { code, stdout, stderr } = await run(["score", "-"], { stdin });
  assert.equal(code, 0, stderr);
  const row = stdout.split("\r\n")[1]!;
  assert.ok(row.startsWith("a,5,One year,70,x,y,z,0."), row);
});

test("a cell of 100 MB is refused with its place, in bounded memory", async () => {
  const file = inFolder("huge.csv");
  writeFileSync(file, `customer_id,tenure,Contract,MonthlyCharges\n"${"x".repeat(100_000_000)}",5,One year,70\n`);
  const { code, stderr } = await run(["score", file]);
  assert.equal(code, 2);
  assert.match(stderr, /cell_too_long/);
  assert.match(stderr, /row 2/);
});

test("leakage and label columns never reach the features: the scores are the same without them", async () => {
  const customers = [...makeCustomers(50, 3)];
  const plain = [customerHeader, ...customers].map((cells) => cells.join()).join("\n");
  const leaky = [
    [...customerHeader, "Churn", "Churn Score", "CLTV", "Churn Reason"],
    ...customers.map((cells, i) => [...cells, i % 2 ? "Yes" : "No", String(i), "4000", "Price"]),
  ]
    .map((cells) => cells.join())
    .join("\n");
  const [a, b] = await Promise.all([run(["score", "-"], { stdin: plain }), run(["score", "-"], { stdin: leaky })]);
  const probabilities = (stdout: string) => readTable(stdout).rows.map((row) => row.get("churn_probability"));
  assert.equal(probabilities(a.stdout).length, 50);
  assert.deepEqual(probabilities(b.stdout), probabilities(a.stdout));
});

test("a mistake on the command line says what is wrong and ends with 2", async () => {
  for (const args of [
    ["score"],
    ["score", "a", "b"],
    ["score", "a", "--colour"],
    ["scroe"],
    ["score", "a", "--delimiter", "x"],
    ["score", "a", "--map", "tenure"],
    ["model", "sign", "x"],
  ]) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /\(usage\)/, args.join(" "));
  }
  const missing = await run(["score", inFolder("not-there.csv")]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /file_unreadable/);
});

test("a path that cannot be read or written is named, and is the caller's to mend", async () => {
  const cases: [args: string[], code: string][] = [
    [["score", folder.path], "file_unreadable"],
    [["score", "samples/telecom.csv", "--out", inFolder("no/such/folder.csv")], "file_unwritable"],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2, stderr);
    assert.ok(stderr.includes(`(${expected})`), stderr);
    assert.ok(stderr.includes(args.at(-1)!), stderr);
  }
});

test("columns that are not certain are asked about, each with the words that answer", async () => {
  const stdin = "customer_id,Zeitraum,Contract,MonthlyCharges\na,5,One year,70\n";
  const { code, stderr } = await run(["score", "-"], { stdin });
  assert.equal(code, 2);
  assert.match(stderr, /required_columns_missing/);
  assert.match(stderr, /--map FEATURE=COLUMN/);
  const answered = await run(["score", "-", "--map", "tenure_months=Zeitraum"], { stdin });
  assert.equal(answered.code, 0, answered.stderr);
});
