import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ensembleFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { ModelRefusal } from "../../src/shap/refusal.ts";
import { bytes, integer, join, varint, writeOnnx } from "./onnx-writer.ts";
import { treeAttributes } from "./tree-text.ts";

const attributes = treeAttributes(
  [
    {
      feature: 0,
      mode: 0,
      threshold: 0.5,
      missingTrue: true,
      yes: -1,
      no: { feature: 1, mode: 3, threshold: 2, missingTrue: false, yes: 1, no: 2 },
    },
  ],
  "LOGISTIC",
);
const tensor = join(integer(1, 2), integer(2, 1), bytes(8, "one"), bytes(9, new Uint8Array(8)));
const model = writeOnnx({ attributes, width: 2, graphExtra: bytes(5, tensor) });

/** Reads all the way; anything but a model or a named refusal is thrown on. */
function outcome(data: Uint8Array): string {
  try {
    ensembleFromOnnx(parseOnnxModel(data));
    return "read";
  } catch (error) {
    if (error instanceof ModelRefusal) return error.reason;
    throw error;
  }
}

const refused = (data: Uint8Array, reason: string, options = {}) =>
  assert.throws(() => parseOnnxModel(data, options), { name: "ModelRefusal", reason });

test("the sound model is read, with all its facts", () => {
  assert.equal(outcome(model), "read");
  const facts = parseOnnxModel(model);
  assert.equal(facts.irVersion, 8);
  assert.deepEqual(facts.opsets, [
    { domain: "", version: 15 },
    { domain: "ai.onnx.ml", version: 3 },
  ]);
  assert.deepEqual(facts.graph.inputs, [{ name: "X", type: { kind: "tensor", elementType: 1, shape: [null, 2] } }]);
  assert.deepEqual(facts.graph.nodes[0]?.outputs, ["label", "scores"]);
  assert.deepEqual(facts.graph.initializers[0]?.values, new Float64Array(2));
  assert.equal(facts.graph.initializers[0]?.external, false);
});

test("every truncation is refused by name", () => {
  for (let length = 0; length < model.length; length++) assert.notEqual(outcome(model.slice(0, length)), undefined);
  assert.equal(outcome(model.slice(0, model.length - 1)), "truncated");
  assert.equal(outcome(new Uint8Array(0)), "missing_field");
});

test("changed bytes are read or refused by name, never anything else", () => {
  const change = fc.record({ at: fc.nat(model.length - 1), byte: fc.nat(255) });
  const reasons = new Set<string>();
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const data = model.slice();
      for (const { at, byte } of changes) data[at] = byte;
      reasons.add(outcome(data));
    }),
    { numRuns: 8_000, seed: 41 },
  );
  assert.ok(reasons.size > 15, `the changes reach many checks: ${[...reasons].join(", ")}`);
});

test("bytes taken out, put in or made up are read or refused by name", () => {
  fc.assert(
    fc.property(fc.nat(model.length - 1), fc.nat(20), fc.uint8Array({ maxLength: 12 }), (at, without, more) => {
      outcome(join(model.slice(0, at), more, model.slice(at + without)));
      outcome(more);
    }),
    { numRuns: 3_000, seed: 42 },
  );
});

test("refuses more bytes, operators, values or nesting than the budget", () => {
  refused(model, "too_large", { maxBytes: model.length - 1 });
  refused(model, "too_many_values", { maxValues: 50 });
  refused(model, "too_many_nodes", { maxNodes: 0 });
  let graph: Uint8Array = new Uint8Array(0);
  for (let depth = 0; depth < 12; depth++)
    graph = bytes(1, join(bytes(4, "If"), bytes(5, join(bytes(1, "then_branch"), bytes(6, graph), integer(20, 5)))));
  refused(join(integer(1, 8), bytes(7, graph), bytes(8, integer(2, 15))), "nesting");
});

test("many empty messages cost the budget and not the memory", () => {
  const bomb = new Uint8Array(4_000_000);
  for (let i = 0; i < bomb.length; i += 2) bomb[i] = 8 * 8 + 2;
  refused(bomb, "too_many_values", { maxValues: 1_000_000 });
});

test("the body of a subgraph is reported with its operators", () => {
  const body = bytes(1, bytes(4, "Loop"));
  const node = join(bytes(4, "If"), bytes(5, join(bytes(1, "then_branch"), bytes(6, body), integer(20, 5))));
  const facts = parseOnnxModel(
    join(integer(1, 8), bytes(7, bytes(1, node)), bytes(8, integer(2, 15)), bytes(25, bytes(1, "f"))),
  );
  assert.equal(facts.graph.nodes[0]?.attributes[0]?.graphs[0]?.nodes[0]?.opType, "Loop");
  assert.deepEqual(facts.functions, [{ domain: "", name: "f", nodes: [] }]);
});

test("refuses what readers could disagree on", () => {
  refused(join(model, bytes(7, new Uint8Array(0))), "repeated_field");
  refused(join(model, integer(1, 8)), "repeated_field");
  refused(join(model, integer(99, 1)), "unknown_field");
  refused(join(model, varint(BigInt(14 * 8 + 3))), "wire_type");
  refused(join(model, varint(BigInt(14 * 8 + 6))), "wire_type");
  refused(join(model, Uint8Array.of(2, 0)), "wire_type");
  refused(Uint8Array.from([8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]), "varint");
  refused(Uint8Array.from([8, 255, 255, 255, 255, 255, 255, 255, 127]), "varint");
  refused(join(integer(1, 8), bytes(2, Uint8Array.of(0xff))), "text");
});

test("reads the sign of an integer", () => {
  const facts = parseOnnxModel(
    writeOnnx({ attributes: { n: { ints: [-1, 2 ** 31, -(2 ** 53 - 1), 2 ** 53 - 1] } }, width: 1 }),
  );
  assert.deepEqual(facts.graph.nodes[0]?.attributes[0]?.ints, [-1, 2 ** 31, -(2 ** 53 - 1), 2 ** 53 - 1]);
});

test("external data is refused, or reported without values", () => {
  const external = bytes(
    5,
    join(integer(1, 2), integer(2, 1), bytes(8, "w"), bytes(13, bytes(1, "location")), integer(14, 1)),
  );
  const data = writeOnnx({ attributes, width: 2, graphExtra: external });
  refused(data, "external_data");
  const facts = parseOnnxModel(data, { externalData: "report" });
  assert.equal(facts.graph.initializers[0]?.external, true);
  assert.equal(facts.graph.initializers[0]?.values, null);
});

test("a tensor must hold as much as its shape says", () => {
  for (const content of [bytes(9, new Uint8Array(4)), bytes(10, new Uint8Array(16)), new Uint8Array(0)])
    refused(
      writeOnnx({ attributes, width: 2, graphExtra: bytes(5, join(integer(1, 2), integer(2, 1), content)) }),
      "tensor_data",
    );
});

test("an attribute must hold what it declares", () => {
  const node = (attribute: Uint8Array) => bytes(1, join(bytes(4, "Identity"), bytes(5, attribute)));
  const extra = (attribute: Uint8Array) => writeOnnx({ attributes, width: 2, graphExtra: node(attribute) });
  refused(extra(join(bytes(1, "a"), integer(3, 1), integer(20, 1))), "attribute_type");
  refused(extra(join(bytes(1, "a"), integer(3, 1))), "attribute_type");
  refused(extra(join(bytes(1, "a"), integer(20, 4))), "missing_field");
});
