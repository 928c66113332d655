/** A file is understood by its bytes, not by how they arrive: a network cuts them anywhere. On the first pass, without a thread; about 5 s. */
import assert from "node:assert/strict";
import { RetainWiseError } from "../../src/errors.ts";
import type { OpenFile } from "../../src/inference/read-records.ts";
import { surveyFile } from "../../src/inference/survey.ts";
import { limits } from "../../src/limits.ts";
import { shippedSchema } from "../inference/small-bundle.ts";
import { test } from "../slow-test.ts";
import { hostileFile } from "./hostile-file.ts";

const schema = await shippedSchema();

/** All that the first pass says of the file, or the code of its refusal. */
async function understood(bytes: Uint8Array, pieceBytes: readonly number[], options: object = {}): Promise<string> {
  const open: OpenFile = async function* () {
    for (let at = 0, piece = 0; at < bytes.length; piece++) {
      const size = pieceBytes[piece % pieceBytes.length]!;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  };
  const survey = surveyFile(schema, open, options);
  try {
    let step = await survey.next();
    while (step.done !== true) step = await survey.next();
    return JSON.stringify(step.value);
  } catch (error) {
    if (!(error instanceof RetainWiseError)) throw error;
    return error.code;
  }
}

/** A file may have two faults, and which is met first is a matter of its pieces: bytes that are no text, and text that is no CSV. */
const eitherFault = ["csv_encoding", "csv_truncated", "csv_malformed", "cell_too_long", "too_many_columns"];

test("a hostile file is understood in the same way, or refused, however its bytes are cut", async () => {
  for (let number = 1; number <= 150; number++) {
    const { bytes, options } = hostileFile(number);
    const whole = await understood(bytes, [bytes.length || 1], options);
    for (const cuts of [[limits.readBytes], [limits.headBytes - 1, 2], [977, 65_537, 31]]) {
      const found = await understood(bytes, cuts, options);
      if (found !== whole && eitherFault.includes(whole)) assert.ok(eitherFault.includes(found), `${number}: ${found}`);
      else assert.equal(found, whole, `file ${number} in pieces of ${cuts}`);
    }
  }
});

test("what decides on encoding and delimiter is the same head of a file, however much more its first piece holds", async () => {
  const head = `a;b,c,d\n${"1,2;3\n".repeat(20)}"${"x".repeat(limits.headBytes)}";y\n`;
  const bytes = new TextEncoder().encode(head + "7,8,9\n".repeat(200));
  const whole = await understood(bytes, [bytes.length]);
  for (const piece of [limits.headBytes, 1_000, limits.readBytes])
    assert.equal(await understood(bytes, [piece]), whole);
  const controls = `id,plan\n${"1,a\n".repeat(limits.headBytes / 4)}2,${"\u0001".repeat(5_000)}\n`;
  const text = new TextEncoder().encode(controls);
  assert.match(await understood(text, [limits.headBytes]), /"rows":/);
  assert.match(await understood(text, [text.length]), /"rows":/);
});
