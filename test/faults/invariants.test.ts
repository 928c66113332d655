import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "../../src/store/connection.ts";
import { createDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { installAudit } from "./audit.ts";
import { type CustomerFile, makeCustomerFile } from "./customer-file.ts";
import { orphanedObjects, type Scene, type ViolationKind, violationsAtRest } from "./invariants.ts";
import { illegalSteps } from "./transitions.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const skip = skipReason(externalKind);

/** A job as the service does it: pending, claimed, its rows under the token, completed. */
async function playJob(sql: Sql, id: string, file: CustomerFile): Promise<void> {
  await sql`
    insert into uploads (upload_id, tenant_id, object_key, filename, bytes, sha256, options)
    values (${id}, ${firstTenant}, ${`uploads/${firstTenant}/${id}`}, 'a.csv', 1, ${file.sha256}, '{}')`;
  await sql`
    update uploads
    set status = 'processing', attempt_token = gen_random_uuid(), attempt_until = now() + interval '1 hour'
    where upload_id = ${id}`;
  for (const [row, text] of file.rows) await insertRow(sql, id, row, text);
  await sql`
    insert into rejections (tenant_id, upload_id, row_number, error_code, error, source)
    select ${firstTenant}, ${id}, n, 'code', 'text', '' from generate_series(1, ${file.rejected}) as n`;
  await sql`
    update uploads
    set status = 'completed', attempt_token = null, attempt_until = null, rows_scored = ${file.rows.size},
      rows_rejected = ${file.rejected}
    where upload_id = ${id}`;
}

async function insertRow(sql: Sql, id: string, row: number, text: string): Promise<void> {
  const [customerId, probability, tier, shap] = JSON.parse(text) as [string, number, string, number[]];
  await sql`
    insert into predictions
    values (${firstTenant}, ${id}, ${row}, ${customerId}, ${probability}, 0, ${tier}, 0, true,
      ${`{${shap.join(",")}}`}::text::float8[], '{}', null, '')`;
}

test("sees every kind of violation, and none where there is none", { skip }, async () => {
  const file = await makeCustomerFile(folder.path, 12, 51, 5);
  const server = await externalKind.start();
  const database = createDatabase(server.address);
  await migrate(database);
  await installAudit(database);
  const id = randomUUID();
  const second = randomUUID();
  const accepted = new Map([[id, file]]);
  const queue = { waiting: 0, dead: 0 };
  const objects = [`uploads/${firstTenant}/${id}`];
  const scene: Scene = {
    database,
    accepted,
    files: [file],
    owners: new Map([
      [file.sha256, firstTenant],
      ["another's file", second],
    ]),
    objects: async () => objects,
    queue: async () => queue,
  };
  const kinds = async () => [...new Set((await violationsAtRest(scene)).map((each) => each.kind))].sort();
  const run = (work: (sql: Sql) => Promise<unknown>) => database.transaction(async (sql) => void (await work(sql)));
  const reset = async (): Promise<void> => {
    await run((sql) => sql`truncate uploads, predictions, rejections, outbox, messages, object_intents, audit.entries`);
    await run((sql) => playJob(sql, id, file));
  };
  const other = randomUUID();
  const [firstRow, firstText] = [...file.rows][0]!;

  const planted: readonly [string, ViolationKind[], (sql: Sql) => Promise<unknown>][] = [
    [
      "an accepted upload that is not there",
      ["lost", "orphan_object", "orphan_row"],
      (sql) => sql`delete from uploads`,
    ],
    ["a row missing", ["rows"], (sql) => sql`delete from predictions where row_number = ${firstRow}`],
    ["a row more", ["rows", "transition", "values"], (sql) => insertRow(sql, id, 1_000, firstText)],
    ["a rejection missing", ["rows"], (sql) => sql`delete from rejections where row_number = 1`],
    ["a count that is not so", ["rows", "transition"], (sql) => sql`update uploads set rows_scored = rows_scored + 1`],
    [
      "another probability",
      ["values"],
      (sql) =>
        sql`update predictions set probability = probability + 1e-16 + probability * 1e-15 where row_number = ${firstRow}`,
    ],
    [
      "another reason",
      ["values"],
      (sql) => sql`update predictions set shap_values[3] = 0 where row_number = ${firstRow}`,
    ],
    [
      "another customer's row",
      ["values"],
      (sql) => sql`update predictions set customer_id = 'x' where row_number = ${firstRow}`,
    ],
    ["another file", ["values"], (sql) => sql`update uploads set sha256 = 'f', status = status`],
    [
      "completed, processed again",
      ["not_ended", "transition"],
      (sql) => sql`update uploads set status = 'processing', attempt_token = ${other}`,
    ],
    [
      "completed twice",
      ["transition"],
      async (sql) => {
        await sql`update uploads set status = 'processing', attempt_token = ${other}`;
        await sql`update uploads set status = 'completed', attempt_token = null`;
      },
    ],
    ["completed, then failed", ["not_ended", "transition"], (sql) => sql`update uploads set status = 'failed'`],
    [
      "a prediction of another tenant",
      ["foreign_tenant"],
      (sql) => sql`update predictions set tenant_id = ${other} where row_number = ${firstRow}`,
    ],
    [
      "the whole upload at another customer of ours",
      ["foreign_tenant"],
      async (sql) => {
        for (const table of ["uploads", "predictions", "rejections"])
          await sql`update ${sql(table)} set tenant_id = ${second}`;
      },
    ],
    [
      "rows that were another tenant's for a moment",
      ["foreign_tenant"],
      (sql) => sql`
        insert into audit.entries (kind, upload_id, tenant_id, rows)
        select 'rows', ${id}, ${second}, 1`,
    ],
    [
      "an object in another tenant's folder",
      ["foreign_tenant", "object_missing", "orphan_object"],
      (sql) => sql`update uploads set object_key = ${`uploads/${second}/${id}`}`,
    ],
    [
      "a note in another tenant's folder",
      ["foreign_tenant"],
      (sql) => sql`insert into object_intents (object_key, tenant_id) values ('uploads/nobody', ${second})`,
    ],
    [
      "an outbox row",
      ["outbox"],
      (sql) => sql`insert into outbox (tenant_id, upload_id, body) values (${firstTenant}, ${id}, '')`,
    ],
    [
      "an outbox row of nobody's upload",
      ["orphan_row", "outbox"],
      (sql) => sql`insert into outbox (tenant_id, upload_id, body) values (${firstTenant}, ${other}, '')`,
    ],
    [
      "a message of another tenant",
      ["foreign_tenant"],
      (sql) => sql`insert into messages (body) values (${JSON.stringify({ tenant_id: other, upload_id: id })})`,
    ],
    ["an upload whose object is missing", ["object_missing"], async () => void objects.pop()],
    ["a message", ["message"], async () => Object.assign(queue, { waiting: 1 })],
    ["a dead letter", ["dead_letter"], async () => Object.assign(queue, { dead: 1 })],
  ];
  try {
    await reset();
    assert.deepEqual(await kinds(), []);
    for (const [what, expected, plant] of planted) {
      await reset();
      await run(plant);
      // A change of a completed upload is an illegal step as well, whatever it changes.
      const seen = await kinds();
      for (const kind of expected) assert.ok(seen.includes(kind), `${what}: ${seen}`);
      assert.ok(
        seen.every((kind) => expected.includes(kind) || kind === "transition"),
        `${what}: ${seen}`,
      );
      Object.assign(queue, { waiting: 0, dead: 0 });
      objects.splice(0, objects.length, `uploads/${firstTenant}/${id}`);
    }

    await reset();
    const open = createDatabase(server.address, { applicationName: "open" });
    const holding = Promise.withResolvers<void>();
    const held = open.transaction(async (sql) => {
      await sql`select pg_advisory_lock(1)`;
      await holding.promise;
    });
    await sleep(2_300);
    assert.deepEqual(await kinds(), ["lock", "open_transaction"]);
    holding.resolve();
    await held;
    await open.stop();
    await sleep(200);

    // Rows written by whoever does not hold the upload.
    await run(async (sql) => {
      await sql`truncate uploads, predictions, rejections, audit.entries`;
      await playJob(sql, id, file);
      await sql`delete from predictions where row_number = ${firstRow}`;
    });
    await run((sql) => insertRow(sql, id, firstRow, firstText));
    assert.deepEqual(await kinds(), ["transition"], "without the lease");
    objects.push("uploads/nobody");
    assert.deepEqual(await orphanedObjects(scene), ["uploads/nobody"]);
  } finally {
    await database.stop();
    await server.stop();
  }
});

test("a living attempt that is replaced is seen, a dead one is none", () => {
  const step = {
    entry: 1,
    tx: "1",
    client_port: 1,
    kind: "change" as const,
    upload_id: "u",
    tenant_id: "t",
    deleted: false,
    rows: null,
  };
  const replaced = (was_over: boolean) =>
    illegalSteps([
      { ...step, old_status: "processing", new_status: "processing", old_token: "a", new_token: "b", was_over },
    ]);
  assert.deepEqual(replaced(true), []);
  assert.deepEqual(replaced(false), ["a living attempt was replaced"]);
});
