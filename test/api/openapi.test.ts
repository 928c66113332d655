import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as v from "valibot";
import { createApp } from "../../src/api/app.ts";
import { answerSchema, componentSchemas } from "../../src/api/json-schema.ts";
import { openApiDocument } from "../../src/api/openapi.ts";
import { honoPath } from "../../src/api/route.ts";
import { createRoutes } from "../../src/api/routes.ts";
import { answerSchemas } from "../../src/api/schemas.ts";
import { errorKinds } from "../../src/error-kinds.ts";
import { createMemoryServices } from "./memory-services.ts";
import { resolve, schemaErrors } from "./schema-errors.ts";

const services = createMemoryServices();
const routes = createRoutes(services, {
  pollMilliseconds: 250,
  heartbeatMilliseconds: 15_000,
  stopping: new AbortController().signal,
});
const document = openApiDocument(routes);

/** Every object in the document with its place. */
function* walk(value: unknown, path = ""): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [path, Object.fromEntries(Object.entries(value))];
  for (const [key, item] of Object.entries(value)) yield* walk(item, `${path}/${key}`);
}

describe("the OpenAPI document", () => {
  it("documents exactly the routes that the router has", () => {
    const routed = createApp(services)
      .routes.filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path}`);
    const documented = Object.entries(
      v.parse(v.record(v.string(), v.record(v.string(), v.unknown())), document.paths),
    ).flatMap(([path, calls]) => Object.keys(calls).map((method) => `${method.toUpperCase()} ${honoPath(path)}`));
    assert.deepEqual(documented.toSorted(), routed.toSorted());
    assert.ok(documented.length >= 20);
  });

  it("has every call that API.md promises", () => {
    const promised = [
      "POST /v1/uploads",
      "GET /v1/uploads",
      "GET /v1/uploads/{upload_id}",
      "GET /v1/uploads/{upload_id}/events",
      "GET /v1/uploads/{upload_id}/predictions",
      "GET /v1/uploads/{upload_id}/predictions/{row}",
      "GET /v1/uploads/{upload_id}/predictions.csv",
      "GET /v1/uploads/{upload_id}/rejected.csv",
      "GET /v1/uploads/{upload_id}/summary",
      "GET /v1/uploads/{upload_id}/explanation",
      "POST /v1/uploads/{upload_id}/mapping",
      "DELETE /v1/uploads/{upload_id}",
      "POST /v1/mappings/suggest",
      "GET /v1/mappings",
      "PUT /v1/mappings/{model}/{feature}",
      "DELETE /v1/mappings/{model}/{feature}",
      "GET /v1/templates",
      "GET /v1/templates/{name}.csv",
      "POST /v1/predict",
      "GET /v1/models",
      "GET /v1/health/pipeline",
      "GET /livez",
      "GET /readyz",
      "GET /openapi.json",
      "GET /docs",
    ];
    const there = routes.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(
      promised.filter((each) => !there.includes(each)),
      [],
    );
  });

  it("is 3.1 and plain JSON, its references lead somewhere and its ids are unique", () => {
    assert.equal(document.openapi, "3.1.0");
    assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
    const references = [...walk(document)].flatMap(([path, { $ref }]) =>
      typeof $ref === "string" ? [[path, $ref] as const] : [],
    );
    assert.ok(references.length > 100);
    assert.deepEqual(
      references.filter(([, reference]) => resolve(document, reference) === undefined),
      [],
    );
    const ids = routes.map(({ operation }) => operation.id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("says what every call, answer and parameter is, and every path parameter is in its path", () => {
    for (const { path, operation } of routes) {
      for (const text of [
        operation.summary,
        operation.description,
        ...Object.values(operation.answers).map(({ description }) => description),
      ]) {
        assert.ok(text.length > 3, operation.id);
      }
      assert.ok(!operation.summary.endsWith("."), operation.id);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(Object.keys(operation.params?.entries ?? {}), inPath, operation.id);
    }
    const parameters = [...walk(document.paths)].filter(([path]) => /\/parameters\/\d+$/.test(path));
    assert.ok(parameters.length > 40);
    for (const [path, { description, name, schema, content }] of parameters) {
      assert.ok(typeof description === "string" && description.length > 3, `${path} ${name}`);
      assert.ok(schema !== undefined || content !== undefined, path);
    }
  });

  it("numbers in the address are documented as numbers with their bounds and default", () => {
    const limit = resolve(document, "#/paths/~/get/parameters".replace("~", "x"));
    assert.equal(limit, undefined);
    const found = [...walk(document.paths)].find(
      ([path, { name }]) => path.startsWith("//v1/uploads/get/parameters") && name === "limit",
    );
    assert.deepEqual(found?.[1].schema, { type: "integer", minimum: 1, maximum: 1000, default: 100 });
  });

  it("every code that it names exists and its example fits the schema of problems", () => {
    const examples = [...walk(document.paths)].filter(([path]) => /problem\+json\/examples\/\w+$/.test(path));
    assert.ok(examples.length > 80);
    for (const [path, { value }] of examples) {
      assert.ok(path.slice(path.lastIndexOf("/") + 1) in errorKinds);
      assert.deepEqual(schemaErrors({ $ref: "#/components/schemas/Problem" }, value, document), []);
    }
  });

  it("every example of a body fits the schema beside it", () => {
    const bodies = [...walk(document.paths)].filter(
      ([path, { example }]) => path.includes("/requestBody/content/") && example !== undefined,
    );
    assert.ok(bodies.length > 5);
    for (const [path, { schema, example }] of bodies)
      assert.deepEqual(schemaErrors(schema, example, document), [], path);
  });

  it("every answer of its own has an example that fits its schema", () => {
    let checked = 0;
    for (const { operation } of routes) {
      for (const [status, { schema, media, example }] of Object.entries(operation.answers)) {
        if (operation.id === "openapi" || media?.startsWith("text/html") || media === "text/css" || status === "204")
          continue;
        assert.notEqual(example, undefined, `${operation.id} ${status}`);
        if (schema === undefined) continue;
        if (schema.type === "strict_object") assert.ok(v.is(schema, example), operation.id);
        assert.deepEqual(schemaErrors(answerSchema(schema), example, document), [], operation.id);
        checked++;
      }
    }
    assert.ok(checked > 12);
  });

  it("every named schema is used, and lets answers grow", () => {
    const used = JSON.stringify(document);
    for (const name of Object.keys(componentSchemas())) assert.ok(used.includes(`#/components/schemas/${name}"`), name);
    for (const name of Object.keys(answerSchemas)) {
      const closed = [...walk(resolve(document, `#/components/schemas/${name}`))].filter(
        ([, { additionalProperties }]) => additionalProperties === false,
      );
      assert.deepEqual(closed, [], name);
    }
  });

  it("the validator that answers are held against sees what is wrong", () => {
    const upload = { $ref: "#/components/schemas/AcceptedUpload" };
    const links = {
      self: "",
      events: "",
      predictions: "",
      predictions_csv: "",
      rejected_csv: "",
      summary: "",
      explanation: "",
      changes: "",
      mapping: "",
    };
    const right = { upload_id: "0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10", status: "pending", message: "m", links };
    assert.deepEqual(schemaErrors(upload, right, document), []);
    assert.notDeepEqual(schemaErrors(upload, { ...right, status: "done" }, document), []);
    assert.notDeepEqual(schemaErrors(upload, { ...right, upload_id: "7" }, document), []);
    assert.notDeepEqual(schemaErrors(upload, { ...right, links: { ...links, self: 4 } }, document), []);
    assert.notDeepEqual(schemaErrors(upload, { upload_id: right.upload_id }, document), []);
    assert.notDeepEqual(schemaErrors({ madeUp: true }, {}, document), []);
  });
});
