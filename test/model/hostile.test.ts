/** Hostile bundles through the real loader: each is refused with its own reason, and no session was made. */
import assert from "node:assert/strict";
import { type Admission, anyBundle } from "../../src/model/admission.ts";
import { loadModel } from "../../src/model/load.ts";
import { type LoadReason, ModelLoadError } from "../../src/model/load-error.ts";
import type { createSession } from "../../src/model/session.ts";
import { signFiles, signStatement } from "../../src/model/sign.ts";
import { telecomFiles } from "../inference/telecom-model.ts";
import { type Attribute, bytes, integer, join, type ModelText, writeOnnx } from "../shap/onnx-writer.ts";
import { type Tree, treeAttributes } from "../shap/tree-text.ts";
import { test } from "../slow-test.ts";
import { makeSigningKey } from "./sign-bundle.ts";

const key = makeSigningKey();
const shipped = await telecomFiles();
const width = 18;
const tree: Tree = {
  feature: 0,
  mode: 0,
  threshold: 0.5,
  missingTrue: false,
  yes: { feature: 1, mode: 0, threshold: 1, missingTrue: true, yes: -1, no: 2 },
  no: 3,
};
// Node 0 has children 1 and 4, node 1 has children 2 and 3.
const sound = treeAttributes([tree, 0.5], "LOGISTIC");
type Changes = Readonly<Record<string, Attribute | null>>;

function graph(changes: Changes = {}, text: Partial<ModelText> = {}): Uint8Array {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries({ ...sound, ...changes })) if (value !== null) attributes[name] = value;
  return writeOnnx({ attributes, width, ...text });
}

/** The shipped bundle around that graph, signed with a pinned key. */
async function around(onnx: Uint8Array, file = "model.onnx"): Promise<Map<string, Uint8Array>> {
  const files = new Map(shipped);
  // The writer calls them X and scores.
  const schema = { ...JSON.parse(new TextDecoder().decode(files.get("schema.json"))), input: "X", output: "scores" };
  files.set("schema.json", new TextEncoder().encode(JSON.stringify(schema)));
  files.set(file, onnx);
  files.set("model.sig", await signFiles(files, "test", key));
  return files;
}
const withNode = (...parts: Uint8Array[]) => graph({}, { graphExtra: bytes(1, join(...parts)) });
const withConstant = (...parts: Uint8Array[]) => graph({}, { graphExtra: bytes(5, join(...parts)) });
const ints = (...values: number[]): Attribute => ({ ints: values });
const floats = (...values: number[]): Attribute => ({ floats: values });
const raw = (count: number) => bytes(9, new Uint8Array(4 * count));
const empty = new Uint8Array(0);

async function change(work: (files: Map<string, Uint8Array>) => void | Promise<void>) {
  const files = await around(graph());
  await work(files);
  return files;
}
const statement = (resources: (signed: { name: string }[]) => unknown[]) =>
  change(async (files) => {
    const bundle = JSON.parse(new TextDecoder().decode(files.get("model.sig")));
    const payload = JSON.parse(atob(bundle.dsseEnvelope.payload));
    payload.predicate.resources = resources(payload.predicate.resources);
    files.set("model.sig", await signStatement(payload, key));
  });

interface Case {
  readonly name: string;
  readonly reason: LoadReason;
  readonly files: () => Promise<Map<string, Uint8Array>>;
  readonly admission?: Partial<Admission>;
}
const onnx = (name: string, reason: LoadReason, make: () => Uint8Array): Case => ({
  name,
  reason,
  files: () => around(make()),
});

const fifteen: readonly Case[] = [
  onnx("a cycle in a tree", "node_reached_twice", () => graph({ nodes_falsenodeids: ints(4, 0, 0, 0, 0, 0) })),
  onnx("an index past the width", "feature_index", () => graph({ nodes_featureids: ints(0, width, 0, 0, 0, 0) })),
  onnx("a NaN threshold", "threshold_not_a_number", () => graph({ nodes_values: floats(Number.NaN, 1, 0, 0, 0, 0) })),
  onnx("an infinite leaf", "leaf_not_finite", () =>
    graph({ class_weights: floats(-1, Number.POSITIVE_INFINITY, 3, 1) }),
  ),
  onnx("external data", "external_data", () =>
    withConstant(
      integer(1, 1),
      integer(2, 1),
      bytes(8, "w"),
      bytes(13, join(bytes(1, "location"), bytes(2, "/etc/passwd"))),
    ),
  ),
  onnx("a Loop", "operator_not_allowed", () => withNode(bytes(2, "looped"), bytes(4, "Loop"))),
  onnx("a giant constant", "constant_too_large", () =>
    withConstant(integer(1, 1_000_000), integer(2, 1), bytes(8, "w"), raw(1_000_000)),
  ),
  onnx("an unknown domain", "domain_not_allowed", () =>
    graph({}, { graphExtra: bytes(1, join(bytes(2, "out"), bytes(4, "Identity"), bytes(7, "com.example"))) }),
  ),
  {
    name: "a flipped byte",
    reason: "digest_mismatch",
    files: () =>
      change((files) => {
        const copy = files.get("model.onnx")!.slice();
        copy[copy.length >> 1]! ^= 1;
        files.set("model.onnx", copy);
      }),
  },
  {
    name: "an extra file",
    reason: "file_unsigned",
    files: () => change((files) => void files.set("extra.txt", empty)),
  },
  {
    name: "a wrong key",
    reason: "signature_untrusted",
    files: () => change(async (files) => void files.set("model.sig", await signFiles(files, "test", makeSigningKey()))),
  },
  { name: "no signature", reason: "signature_missing", files: () => change((files) => void files.delete("model.sig")) },
  {
    name: "an old version",
    reason: "version_not_allowed",
    files: () => change(() => undefined),
    admission: { allowedVersions: ["telecom@1.2.0"] },
  },
  onnx("a truncated graph", "truncated", () => graph().slice(0, -10)),
  onnx("a wrong width", "wrong_width", () => graph({}, { width: width - 1 })),
];

const named = (name: string, subgraph: Uint8Array) =>
  bytes(5, join(bytes(1, name), bytes(6, subgraph), integer(20, 5)));
function nested(depth: number): Uint8Array {
  const inner = depth === 0 ? empty : bytes(1, join(bytes(4, "If"), named("then_branch", nested(depth - 1))));
  return join(inner, bytes(2, "g"));
}
const mul = (factor: string) =>
  bytes(1, join(bytes(1, "scores"), bytes(1, factor), bytes(2, "product"), bytes(4, "Mul")));
const one = bytes(5, join(integer(2, 1), bytes(8, "one"), bytes(9, new Uint8Array(Float32Array.of(1).buffer))));

const more: readonly Case[] = [
  {
    name: "a path in the manifest",
    reason: "file_name_invalid",
    files: () => statement(([first, ...rest]) => [{ ...first, name: "../card.md" }, ...rest]),
  },
  { name: "a file listed twice", reason: "signature_malformed", files: () => statement((all) => [all[0], ...all]) },
  {
    name: "a signed file that is missing",
    reason: "bundle_incomplete",
    files: () => change((files) => void files.delete("card.md")),
  },
  {
    name: "another place",
    reason: "place_mismatch",
    files: () => change(() => undefined),
    admission: { place: { name: "telecom", version: "9.0.0" } },
  },
  {
    name: "other bytes under a known version",
    reason: "version_reused",
    files: () => change(() => undefined),
    admission: { knownDigest: "0".repeat(64) },
  },
  {
    name: "a schema that is not one",
    reason: "schema_invalid",
    files: () => around(new TextEncoder().encode("{}"), "schema.json"),
  },
  {
    name: "a background that is no text",
    reason: "background_invalid",
    files: async () => {
      const files = await around(graph());
      files.set("background.csv", Uint8Array.of(0xff, 0xfe));
      files.set("model.sig", await signFiles(files, "test", key));
      return files;
    },
  },
  onnx("a cycle of operators", "graph_cycle", () => withNode(bytes(1, "b"), bytes(2, "b"), bytes(4, "Identity"))),
  onnx("huge declared sizes around nothing", "tensor_data", () =>
    withConstant(integer(1, 2 ** 40), integer(2, 1), bytes(8, "w"), raw(1)),
  ),
  onnx("sizes whose product overflows", "tensor_data", () =>
    withConstant(integer(1, 2 ** 50), integer(1, 2 ** 50), integer(2, 1), bytes(8, "w")),
  ),
  onnx("a negative size", "tensor_data", () => withConstant(integer(1, -1), integer(2, 1), bytes(8, "w"))),
  onnx("a declared output of a billion", "declared_shape", () =>
    graph(
      {},
      {
        graphExtra: bytes(
          13,
          join(bytes(1, "scores"), bytes(2, bytes(1, join(integer(1, 1), bytes(2, bytes(1, integer(1, 1e9))))))),
        ),
      },
    ),
  ),
  onnx("a length past 2^53", "varint", () =>
    join(graph(), Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
  ),
  onnx("graphs in graphs", "nesting", () => withNode(bytes(4, "If"), named("then_branch", nested(9)))),
  onnx("a graph in an attribute", "subgraph", () => withNode(bytes(4, "Identity"), named("body", nested(0)))),
  onnx("functions of its own", "functions", () =>
    join(graph(), bytes(25, join(bytes(1, "f"), bytes(10, "ai.onnx.ml")))),
  ),
  onnx("training information", "training_info", () => join(graph(), bytes(20, empty))),
  onnx("a graph given twice", "repeated_field", () => join(graph(), bytes(7, bytes(2, "again")))),
  onnx("a field that is not known", "unknown_field", () => join(graph(), integer(99, 1))),
  onnx("two nodes of one id", "duplicate_node", () => graph({ nodes_nodeids: ints(0, 1, 2, 3, 3, 0) })),
  onnx("a node below itself", "node_reached_twice", () => graph({ nodes_falsenodeids: ints(4, 0, 0, 0, 0, 0) })),
  onnx("a child that does not exist", "missing_child", () => graph({ nodes_truenodeids: ints(1, 9, 0, 0, 0, 0) })),
  onnx("weights outside the tree", "leaf_weights", () =>
    graph({
      class_treeids: ints(0, 0, 0, 1, 7),
      class_nodeids: ints(2, 3, 4, 0, 9),
      class_ids: ints(0, 0, 0, 0, 0),
      class_weights: floats(1, 2, 3, 4, 5),
    }),
  ),
  onnx("a NaN base value", "leaf_not_finite", () => graph({ base_values: floats(Number.NaN) })),
  onnx("a constant given twice", "constant_not_allowed", () => graph({}, { graphExtra: join(one, one, mul("one")) })),
  onnx("a product of scores", "constant_not_allowed", () => graph({}, { graphExtra: mul("scores") })),
  onnx("sparse constants", "constant_not_allowed", () => graph({}, { graphExtra: bytes(15, empty) })),
  onnx("more operators than any converter writes", "too_many_nodes", () =>
    graph(
      {},
      {
        graphExtra: join(
          ...Array.from({ length: 40 }, (_, i) =>
            bytes(1, join(bytes(1, "X"), bytes(2, `v${i}`), bytes(4, "Identity"))),
          ),
        ),
      },
    ),
  ),
];

class SessionMade extends Error {}

async function load(files: ReadonlyMap<string, Uint8Array>, admission: Partial<Admission> = {}) {
  let sessions = 0;
  const spy: typeof createSession = async () => {
    sessions += 1;
    throw new SessionMade();
  };
  const options = { pinnedKeys: [key.publicKey], wasm: empty, admission: { ...anyBundle, ...admission } };
  const error = await loadModel(files, options, { createSession: spy }).then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof ModelLoadError, String(error));
  return { reason: error.reason, detail: error.detail, sessions };
}

test("the sound bundle reaches the session, so what is refused below is refused for its own fault", async () => {
  assert.deepEqual(await load(await around(graph())).then(({ reason, sessions }) => ({ reason, sessions })), {
    reason: "session_failed",
    sessions: 1,
  });
});

for (const { name, reason, files, admission } of [...fifteen, ...more])
  test(`${name}: ${reason}, before a session exists`, async () => {
    const found = await load(await files(), admission);
    assert.equal(found.reason, reason, found.detail);
    assert.equal(found.sessions, 0);
  });

test("each of the fifteen has a reason of its own", () => {
  assert.equal(new Set(fifteen.map(({ reason }) => reason)).size, 15);
});
