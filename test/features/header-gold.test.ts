import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { judgeFolds } from "../../bench/mapper/judge-folds.ts";
import { judgeHeaders } from "../../bench/mapper/judge-headers.ts";
import { readLabelledHeaders } from "../../bench/mapper/labelled-header.ts";
import { scoreHeaders } from "../../bench/mapper/score-headers.ts";
import { mapColumns } from "../../src/features/mapper.ts";
import { Schema } from "../../src/features/schema.ts";

const gold = fileURLToPath(new URL("../../../shared/data/header_gold.csv", import.meta.url));
const bundle = fileURLToPath(new URL("../../models/telecom/1.1.0/schema.json", import.meta.url));
const all = process.env.RETAINWISE_TEST_ALL === "1";
const skip =
  !all && !(existsSync(gold) && existsSync(bundle))
    ? "../shared/data/header_gold.csv or the telecom bundle is not here"
    : false;

test("every labelled header is mapped right, asked about or left alone", { skip }, () => {
  const schema = v.parse(Schema, JSON.parse(readFileSync(bundle, "utf8")));
  const features = new Set(schema.features.map((feature) => feature.name));
  const identifiers = schema.known_columns.filter((known) => known.role === "identifier").map((known) => known.name);
  const inputs = new Set([...features, ...identifiers]);
  const wrong: string[] = [];
  for (const line of readFileSync(gold, "utf8").trim().split("\n").slice(1)) {
    const [canonical, header, verdict] = line.split(",") as [string, string, string];
    const { mapping, questions, suggestions } = mapColumns({ headers: [header], schema });
    const used = mapping.filter((entry) => inputs.has(entry.feature)).map((entry) => entry.feature);
    const asked = [...questions, ...suggestions]
      .filter((question) => question.columns.includes(header))
      .map((question) => question.feature);
    // What is no input of this model must only be kept out of its inputs.
    if (!inputs.has(canonical)) {
      if (used.some((name) => features.has(name)) && verdict !== "map") wrong.push(`${line}: used as ${used}`);
    } else if (verdict === "map" && !used.includes(canonical) && !asked.includes(canonical))
      wrong.push(`${line}: lost`);
    else if (used.some((name) => name !== canonical)) wrong.push(`${line}: used as ${used}`);
    else if (verdict !== "map" && used.includes(canonical)) wrong.push(`${line}: used as ${used}`);
    else if (verdict === "ambiguous" && !asked.includes(canonical)) wrong.push(`${line}: not asked about`);
  }
  assert.deepEqual(wrong, []);
});

test("of the labelled headers what is mapped in silence is right, also where the schema has not heard of them", {
  skip,
}, () => {
  const schema = v.parse(Schema, JSON.parse(readFileSync(bundle, "utf8")));
  const rows = readLabelledHeaders(gold);
  for (const judged of [judgeHeaders(rows, schema), judgeFolds(rows, schema)]) {
    const score = scoreHeaders(judged, rows);
    assert.ok(score.precision_at_0_9! >= 0.98, `precision ${score.precision_at_0_9}`);
    assert.equal(score.reject_mapped + score.not_read_mapped, 0);
    assert.ok(score.ambiguous_asked! >= 0.95, `asked ${score.ambiguous_asked}`);
    assert.ok(score.recall! >= 0.7, `recall ${score.recall}`);
  }
});
