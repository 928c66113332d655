import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, it } from "node:test";
import { type Address, createConnection } from "../../src/store/connection.ts";
import { createDatabase, type Database } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { createUploadStore, type UploadStore } from "../../src/store/upload-store.ts";
import { foreignHands, type Hands, houseVerbs } from "./foreign-hands.ts";
import { insertUpload, newUpload, prediction, rejection, report, uploadError } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

const storeOver = (database: Database): UploadStore =>
  createUploadStore({ database, messageFor: (tenantId, uploadId) => `${tenantId} ${uploadId}` });

/** Our own wall taken down: every statement's condition that a row is the tenant's holds for every row. */
function withoutPredicates(database: Database): Database {
  return { ...database, tenant: (id) => ({ ...database.tenant(id), mine: (sql) => sql`true` }) };
}

function named(address: Address, database: string): Address {
  if (typeof address !== "string") return { ...address, database };
  const url = new URL(address);
  url.pathname = `/${database}`;
  return url.href;
}

await describeOnServers("the two walls between tenants", (running) => {
  const walled = running.database;
  const bare = createDatabase(named(running.server.address, "bare"));
  after(() => bare.stop());

  function handsOver(database: Database, store: UploadStore): Hands {
    const [owner, intruder, honest] = [randomUUID(), randomUUID(), storeOver(database)];
    const pending = async (): Promise<string> => (await insertUpload(honest, owner, newUpload())).uploadId;
    const processing = async () => {
      const attempt = { tenantId: owner, uploadId: await pending(), attemptToken: randomUUID() };
      await honest.claimUpload(owner, attempt.uploadId, attempt.attemptToken);
      await honest.savePredictions(attempt, [prediction(2), prediction(3)], [rejection(4)], 0.5);
      return attempt;
    };
    const ended = async (end: (attempt: Awaited<ReturnType<typeof processing>>) => Promise<void>) => {
      const attempt = await processing();
      await end(attempt);
      return attempt.uploadId;
    };
    const rows = { read: 3, scored: 2, rejected: 1 };
    return {
      store,
      database,
      owner,
      intruder,
      pending,
      processing,
      completed: () => ended((attempt) => honest.completeUpload(attempt, { report, rows, summary: {} })),
      failed: () => ended((attempt) => honest.failUpload(attempt, uploadError, null)),
      asking: () => ended((attempt) => honest.requireMapping(attempt, report, uploadError)),
    };
  }

  /** Verbs through which the intruder got something, or changed something of the owner's. */
  async function holes(database: Database, store: UploadStore): Promise<string[]> {
    const found: string[] = [];
    for (const [verb, attack] of Object.entries(foreignHands)) {
      const hands = handsOver(database, store);
      try {
        await attack(hands);
        assert.deepEqual(await rowsOf(database, hands.intruder, "predictions"), []);
        assert.deepEqual(await rowsOf(database, hands.intruder, "remembered_columns"), []);
      } catch {
        found.push(verb);
      }
    }
    return found;
  }

  const rowsOf = async (database: Database, tenantId: string, table: string): Promise<string[]> => {
    const rows = await database.transaction(
      (sql) => sql<{ row: string }[]>`
        select row_to_json(${sql(table)})::text as row
        from ${sql(table)}
        where tenant_id = ${tenantId}
        order by 1`,
    );
    return rows.map(({ row }) => row);
  };

  it("every verb of the store is tried by foreign hands, or named as one of the house", () => {
    const tried = [...Object.keys(foreignHands), ...houseVerbs].sort();
    assert.deepEqual(tried, Object.keys(storeOver(walled)).sort());
  });

  it("both up: foreign hands get nothing", patient, async () => {
    assert.deepEqual(await holes(walled, storeOver(walled)), []);
  });

  it("our own conditions off: row-level security alone keeps foreign hands out", patient, async () => {
    assert.deepEqual(await holes(walled, storeOver(withoutPredicates(walled))), []);
  });

  it("row-level security off: our own conditions alone keep foreign hands out", patient, async () => {
    await makeBare(running.server.address);
    assert.deepEqual(await holes(bare, storeOver(bare)), []);
  });

  it("twin: with both off every verb has a hole, so the suite above can see one", patient, async () => {
    assert.deepEqual(await holes(bare, storeOver(withoutPredicates(bare))), Object.keys(foreignHands));
  });

  it("an attack changes nothing of the owner's", patient, async () => {
    const hands = handsOver(walled, storeOver(walled));
    const attempt = await hands.processing();
    const ids = [await hands.pending(), await hands.completed(), await hands.failed(), await hands.asking()];
    const still = {
      ...hands,
      pending: async () => ids[0]!,
      completed: async () => ids[1]!,
      failed: async () => ids[2]!,
      asking: async () => ids[3]!,
      processing: async () => attempt,
    };
    const tables = ["uploads", "predictions", "rejections", "outbox", "remembered_columns", "object_intents"];
    const all = () => Promise.all(tables.map((table) => rowsOf(walled, hands.owner, table)));
    const before = await all();
    // These two also let the owner itself do something.
    const quiet = Object.entries(foreignHands).filter(
      ([verb]) => !["insertUpload", "rememberedColumns"].includes(verb),
    );
    for (const [, attack] of quiet) await attack(still);
    assert.deepEqual(await all(), before);
  });

  it("the verbs of the house touch only what they are for, whichever wall is down", patient, async () => {
    for (const [database, store] of [
      [walled, storeOver(withoutPredicates(walled))],
      [bare, storeOver(bare)],
    ] as const) {
      const hands = handsOver(database, store);
      const completed = await hands.completed();
      const other = handsOver(database, store);
      const deleted = await other.completed();
      await store.deleteUpload(other.owner, deleted);
      const before = await rowsOf(database, hands.owner, "predictions");
      const removed: string[] = [];
      await store.sweepDeletions(async (key) => void removed.push(key));
      assert.ok(removed.includes(`uploads/${deleted}`) && !removed.includes(`uploads/${completed}`));
      const note = `uploads/${randomUUID()}`;
      await store.admitUpload(hands.owner, note);
      assert.equal(await store.sweepIntents(async (key) => void removed.push(key), 3_600), 0);
      assert.deepEqual(await rowsOf(database, hands.owner, "predictions"), before);
      assert.equal((await rowsOf(database, hands.owner, "object_intents")).length, 1);
      const sent: string[] = [];
      while ((await store.relayOutbox(async (body) => void sent.push(body))) > 0);
      assert.ok(sent.includes(`${hands.owner} ${completed}`));
      assert.equal(await store.requeueOverdue(3_600), 0);
      assert.equal(await store.expireOverdue(uploadError, 3_600), 0);
      const attempt = await other.processing();
      assert.ok((await store.releaseAllAttempts()) >= 1);
      assert.equal((await store.getUpload(other.owner, attempt.uploadId))?.status, "pending");
      assert.equal((await store.getUpload(hands.owner, completed))?.status, "completed");
    }
  });

  /** A database of its own on the same server, with our schema and its row-level security off. */
  async function makeBare(address: Address): Promise<void> {
    const options = { applicationName: "test", connectMilliseconds: 5_000, statementMilliseconds: 30_000 };
    const connection = createConnection(address, options);
    await connection.run((sql) => sql.unsafe("create database bare"), 30_000);
    connection.destroy();
    await migrate(bare);
    await bare.transaction((sql) =>
      sql.unsafe(`
        do $$
        declare
          wall record;
        begin
          for wall in select relname from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace loop
            execute format('alter table %I disable row level security', wall.relname);
          end loop;
        end
        $$`),
    );
  }
});
