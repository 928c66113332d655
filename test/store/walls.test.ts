/**
 * Two walls between tenants: what every statement says, and row-level security. Each alone must keep a stranger out of every verb of the store;
 * with both down the same suite must see the stranger get through, or it would prove nothing.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import type { Database } from "../../src/store/database.ts";
import { createUploadStore, type UploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, model, newUpload, prediction, rejection, report, uploadError } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

const tables = ["uploads", "predictions", "rejections", "remembered_columns", "outbox", "object_intents"];

/** Runs across tenants by design, under a role that sees ids and states only. */
const acrossTenants = [
  "relayOutbox",
  "releaseAllAttempts",
  "sweepDeletions",
  "sweepIntents",
  "requeueOverdue",
  "expireOverdue",
];

const storeOver = (database: Database): UploadStore => createUploadStore({ database, messageFor: (_, id) => id });

/** Our own predicates off: every row is said to be the tenant's. */
const blind = (database: Database): Database => ({
  ...database,
  tenant: (id) => ({ ...database.tenant(id), mine: (sql) => sql`true` }),
});

await describeOnServers("the walls between tenants", ({ database }) => {
  const store = storeOver(database);
  const owner = randomUUID();
  const stranger = randomUUID();
  const attemptToken = randomUUID();
  const rows = { read: 1, scored: 1, rejected: 0 };

  /** One upload of the owner in each state, and an earlier one that is completed. */
  async function furnish(): Promise<string[]> {
    const earlier = (await insertUpload(store, owner, newUpload())).uploadId;
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await insertUpload(store, owner, newUpload())).uploadId);
    const [, processing, asked, completed, failed] = ids as [string, string, string, string, string];
    const attempt = (uploadId: string) => ({ tenantId: owner, uploadId, attemptToken });
    for (const id of [earlier, processing, asked, completed, failed]) await store.claimUpload(owner, id, attemptToken);
    await store.requireMapping(attempt(asked), report, uploadError);
    for (const id of [earlier, completed]) {
      await store.saveReport(attempt(id), report, model);
      await store.savePredictions(attempt(id), [prediction(2)], [rejection(3)], 0.5);
      await store.completeUpload(attempt(id), { report, rows, summary: {} });
    }
    await store.failUpload(attempt(failed), uploadError, null);
    const another = (await insertUpload(store, owner, newUpload())).uploadId;
    await store.claimUpload(owner, another, attemptToken);
    await store.requireMapping(attempt(another), report, uploadError);
    await store.answerMapping(owner, another, { mapping: { tenure: "Months" }, decimal: null, remember: true });
    return [...ids, another, earlier];
  }

  /** What a stranger may try, with the owner's ids and even the attempt's token. */
  function attempts(by: UploadStore, id: string): Record<string, () => Promise<unknown>> {
    const attempt = { tenantId: stranger, uploadId: id, attemptToken };
    const page = { limit: 10, cursor: null };
    const all = { ...page, tier: null, q: null, reason: null };
    const collect = async (batches: AsyncIterable<readonly unknown[]>) => (await Array.fromAsync(batches)).flat();
    return {
      admitUpload: () => by.admitUpload(stranger, `uploads/${randomUUID()}`),
      insertUpload: () => insertUpload(by, stranger, newUpload({ uploadId: id })),
      getUpload: () => by.getUpload(stranger, id),
      listUploads: async () => (await by.listUploads(stranger, page)).uploads,
      answerMapping: () => by.answerMapping(stranger, id, { mapping: { tenure: "X" }, decimal: ",", remember: true }),
      listPredictions: async () => (await by.listPredictions(stranger, id, { ...all, order: "risk" })).predictions,
      getPrediction: () => by.getPrediction(stranger, id, 2),
      samplePredictions: () => by.samplePredictions(stranger, id, { rows: 5, seed: 1 }),
      streamPredictions: () => collect(by.streamPredictions(stranger, id)),
      streamRejections: () => collect(by.streamRejections(stranger, id)),
      findEarlierUpload: () => by.findEarlierUpload(stranger, id),
      compareUploads: async () =>
        (await by.compareUploads(stranger, { uploadId: id, sinceId: id }, { ...page, order: "size" })).customers,
      findMovers: async () => {
        const { up, down, counts } = await by.findMovers(stranger, { uploadId: id, sinceId: id }, 5);
        return [...up, ...down, ...Object.values(counts).filter((count) => count > 0)];
      },
      readPipeline: async () => {
        const { pending, processing, whole } = await by.readPipeline(stranger);
        return [pending, processing, whole.accepted, whole.completed, whole.failed].filter((count) => count > 0);
      },
      rememberedColumns: async () => Object.keys(await by.rememberedColumns(stranger, "")),
      listRemembered: () => by.listRemembered(stranger),
      // Beside the owner's own, and forgotten with the next.
      putRemembered: async () =>
        void (await by.putRemembered(stranger, { model: "", feature: "tenure" }, { column: "X", unit: null })),
      deleteRemembered: async () => void (await by.deleteRemembered(stranger, { model: "", feature: null })),
      claimUpload: () => by.claimUpload(stranger, id, randomUUID()),
      saveReport: () => by.saveReport(attempt, report, model),
      saveProgress: () => by.saveProgress(attempt, 0.9),
      savePredictions: () => by.savePredictions(attempt, [prediction(9)], [rejection(10)], 0.9),
      requireMapping: () => by.requireMapping(attempt, report, uploadError),
      completeUpload: () => by.completeUpload(attempt, { report, rows, summary: {} }),
      findRejections: () => by.findRejections(stranger, id, ["C-3"], [3]),
      completeCorrection: () =>
        by.completeCorrection(
          attempt,
          { report, rows, summary: {} },
          { first: { uploadId: id, rowsScored: 1 }, predictions: [prediction(3)], rejections: [], report, summary: {} },
        ),
      failUpload: () => by.failUpload(attempt, uploadError, null),
      giveUpUpload: () => by.giveUpUpload(stranger, id, uploadError),
      releaseUpload: () => by.releaseUpload(attempt),
      reviveUpload: () => by.reviveUpload(stranger, id),
      deleteUpload: () => by.deleteUpload(stranger, id),
    };
  }

  async function ownersRows(): Promise<string> {
    const dumps = await database.transaction(async (sql) => {
      const found: unknown[] = [];
      for (const table of tables) {
        found.push(
          await sql`
            select row_to_json(t)::text as row
            from ${sql(table)} as t
            where tenant_id = ${owner}
            order by 1`,
        );
      }
      return found;
    });
    return JSON.stringify(dumps);
  }

  /** Everything that a stranger saw or changed. */
  async function leaks(by: UploadStore): Promise<string[]> {
    const ids = await furnish();
    const found: string[] = [];
    let before = await ownersRows();
    for (const id of ids) {
      for (const [verb, work] of Object.entries(attempts(by, id))) {
        const seen = await work().catch((error: { code?: string }) => {
          const refusals = ["not_found", "lease_lost", "idempotency_conflict"];
          return refusals.includes(error.code ?? "") ? null : error;
        });
        const nothing =
          seen === null || seen === false || seen === undefined || (Array.isArray(seen) && seen.length === 0);
        if (!nothing) found.push(`${verb} answers ${JSON.stringify(seen).slice(0, 80)}`);
        const after = await ownersRows();
        if (after !== before) found.push(`${verb} changes the owner's rows`);
        before = after;
      }
    }
    await database.transaction(async (sql) => {
      for (const table of tables) await sql`delete from ${sql(table)}`;
    });
    return found;
  }

  it("stand for every verb of the store", () => {
    const covered = [...Object.keys(attempts(store, randomUUID())), ...acrossTenants];
    assert.deepEqual(covered.toSorted(), Object.keys(store).toSorted());
  });

  it("are row-level security alone, where our own predicates are off", patient, async () => {
    assert.deepEqual(await leaks(storeOver(blind(database))), []);
  });

  it("are forced on every table that has a tenant, and the roles own nothing and cannot get round them", async () => {
    await database.transaction(async (sql) => {
      const open = await sql`
        select relname
        from pg_class
        join pg_attribute on attrelid = pg_class.oid
        where relkind = 'r'
          and relnamespace = current_schema()::regnamespace
          and attname = 'tenant_id'
          and not (relrowsecurity and relforcerowsecurity)`;
      assert.deepEqual([...open], []);
      const roles = await sql`
        select rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole,
          (select count(*) from pg_class where relowner = pg_roles.oid) as owned
        from pg_roles
        where rolname like 'retainwise_%' and rolname in ('retainwise_tenant', 'retainwise_system')
        order by rolname`;
      const nothing = { rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolcreaterole: false, owned: 0 };
      assert.deepEqual(
        roles.map((role) => ({ ...role })),
        [
          { rolname: "retainwise_system", ...nothing },
          { rolname: "retainwise_tenant", ...nothing },
        ],
      );
    });
  });

  it("leave the role across tenants ids and states only, and the next borrower neither role nor tenant", async () => {
    const system = database.system();
    for (const secret of ["filename", "report", "options", "summary", "sha256"]) {
      await assert.rejects(
        system.transaction((sql) => sql`select ${sql(secret)} from uploads`),
        { code: "internal" },
      );
    }
    for (const table of ["predictions", "rejections", "remembered_columns"]) {
      await assert.rejects(
        system.transaction((sql) => sql`select * from ${sql(table)}`),
        { code: "internal" },
      );
    }
    await assert.rejects(
      database.tenant(owner).transaction((sql) => sql`select * from api_keys`),
      { code: "internal" },
    );
    await assert.rejects(
      database.tenant(owner).transaction((sql) => sql`select * from messages`),
      { code: "internal" },
    );
    for (let i = 0; i < 12; i++) {
      const [state] = await database.transaction(
        (sql) => sql`
          select current_user = session_user as same, coalesce(current_setting('retainwise.tenant_id', true), '') as tenant`,
      );
      assert.deepEqual({ ...state }, { same: true, tenant: "" });
    }
  });

  // Last: the security of these tables stays off.
  it(
    "are our own predicates alone, where row-level security is off; and with both off the stranger gets through",
    patient,
    async () => {
      await database.transaction(async (sql) => {
        for (const table of tables) await sql`alter table ${sql(table)} disable row level security`;
      });
      assert.deepEqual(await leaks(store), []);
      const through = (await leaks(storeOver(blind(database)))).join("; ");
      for (const verb of [
        "getUpload answers",
        "listPredictions answers",
        "findEarlierUpload answers",
        "compareUploads answers",
        "findMovers answers",
        "readPipeline answers",
        "listRemembered answers",
        "deleteRemembered changes",
        "deleteUpload changes",
        "savePredictions changes",
      ]) {
        assert.ok(through.includes(verb), `${verb}: ${through}`);
      }
    },
  );
});
