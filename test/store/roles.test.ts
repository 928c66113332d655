import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { createDatabase } from "../../src/store/database.ts";
import { systemRole, tenantRole } from "../../src/store/roles.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

await describeOnServers("the roles of the database", (running) => {
  const { database, server } = running;
  const texts = async (statement: string): Promise<string[]> => {
    const rows = await database.transaction((sql) => sql.unsafe<{ text: string }[]>(statement));
    return rows.map(({ text }) => text);
  };

  it("every table of ours has row-level security, enabled and forced; the list of migrations alone has none", async () => {
    const open = await texts(`
      select relname as text
      from pg_class
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and not (relrowsecurity and relforcerowsecurity)`);
    assert.deepEqual(open, ["migrations"]);
    const withTenant = await texts(
      "select table_name as text from information_schema.columns where column_name = 'tenant_id'",
    );
    assert.ok(withTenant.length >= 7, withTenant.join());
  });

  it("the tenants' policies compare the row's tenant with the session's, for reading and writing alike", async () => {
    const policies = await database.transaction(
      (sql) => sql<{ tablename: string; cmd: string; qual: string; with_check: string }[]>`
        select tablename, cmd, qual, with_check
        from pg_policies
        where ${tenantRole} = any (roles)`,
    );
    assert.equal(policies.length, 6);
    for (const { cmd, qual, with_check } of policies) {
      assert.equal(cmd, "ALL");
      assert.equal(qual, with_check);
      assert.match(qual, /tenant_id = .*current_setting\('retainwise\.tenant_id'/s);
    }
  });

  it("our roles own nothing, cannot log in, cannot pass row-level security and are members of nothing", async () => {
    assert.deepEqual(
      await texts(`
        select concat_ws(' ', rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication) as text
        from pg_roles where rolname in ('${tenantRole}', '${systemRole}')`),
      ["f f f f f f", "f f f f f f"],
    );
    const ours = `(select oid from pg_roles where rolname in ('${tenantRole}', '${systemRole}'))`;
    assert.deepEqual(await texts(`select relname as text from pg_class where relowner in ${ours}`), []);
    assert.deepEqual(await texts(`select proname as text from pg_proc where proowner in ${ours}`), []);
    assert.deepEqual(await texts(`select roleid::text as text from pg_auth_members where member in ${ours}`), []);
    assert.deepEqual(
      await texts(`select proname as text from pg_proc where prosecdef and pronamespace = 'public'::regnamespace`),
      [],
    );
  });

  it("the role that works across tenants reads ids and states, and nothing of a customer", async () => {
    const readable = (table: string) =>
      texts(`
        select attname as text
        from pg_attribute
        where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped
          and has_column_privilege('${systemRole}', attrelid, attnum, 'select')
        order by 1`);
    assert.deepEqual(await readable("uploads"), [
      "attempt_until",
      "created_at",
      "deleted_at",
      "object_key",
      "queued_at",
      "status",
      "tenant_id",
      "upload_id",
      "wanted_at",
    ]);
    for (const table of ["predictions", "rejections", "remembered_columns"])
      assert.deepEqual(await readable(table), []);
    const writable = await texts(`
      select attname as text
      from pg_attribute
      where attrelid = 'uploads'::regclass and attnum > 0
        and has_column_privilege('${systemRole}', attrelid, attnum, 'update')`);
    assert.deepEqual(writable, ["queued_at"]);
    for (const column of ["filename", "report", "summary", "options"]) {
      await assert.rejects(
        database.system().transaction((sql) => sql`select ${sql(column)} from uploads`),
        forbidden,
      );
    }
    await assert.rejects(
      database.system().transaction((sql) => sql`select * from predictions`),
      forbidden,
    );
    await assert.rejects(
      database.system().transaction((sql) => sql`delete from uploads`),
      forbidden,
    );
  });

  it("a tenant's role reads no key, no tenant and no message, and cannot write a row of another tenant", async () => {
    const tenant = database.tenant(randomUUID());
    for (const table of ["api_keys", "tenants", "messages"])
      await assert.rejects(
        tenant.transaction((sql) => sql`select * from ${sql(table)}`),
        forbidden,
      );
    await assert.rejects(
      tenant.transaction(
        (sql) => sql`
          insert into remembered_columns (tenant_id, model, feature, column_name)
          values (${randomUUID()}, '', 'tenure', 'x')`,
      ),
      forbidden,
    );
    await assert.rejects(
      tenant.transaction((sql) => sql`create table mine (n integer)`),
      forbidden,
    );
    await assert.rejects(
      tenant.transaction((sql) => sql`alter table uploads disable row level security`),
      forbidden,
    );
  });

  it(
    "neither role nor tenant is left for the next borrower of a connection, however the last one ended",
    patient,
    async () => {
      const single = createDatabase(server.address, { connections: 1 });
      const state = async () => {
        const [row] = await single.transaction(
          (sql) => sql<{ clean: boolean; tenant: string | null; pid: number }[]>`
          select current_user = session_user as clean, current_setting('retainwise.tenant_id', true) as tenant,
            pg_backend_pid() as pid`,
        );
        assert.equal(row?.clean, true);
        assert.ok(row.tenant === null || row.tenant === "", String(row.tenant));
        return row.pid;
      };
      const [first, second] = [randomUUID(), randomUUID()];
      const pid = await state();
      const store = createUploadStore({ database: single, messageFor: () => "m" });
      const { uploadId } = await insertUpload(store, first, newUpload());
      assert.equal(await state(), pid);
      await assert.rejects(single.tenant(first).transaction((sql) => sql`select 1 / 0`));
      assert.equal(await state(), pid);
      await assert.rejects(
        single.tenant(first).transaction(async () => {
          throw new Error("own");
        }),
      );
      assert.equal(await state(), pid);
      await single.system().transaction((sql) => sql`select 1`);
      assert.equal(await state(), pid);
      // No condition of ours: what the session shows is what row-level security shows.
      const seen = (id: string) =>
        single.tenant(id).transaction((sql) => sql<{ upload_id: string }[]>`select upload_id from uploads`);
      assert.deepEqual(
        (await seen(first)).map((row) => row.upload_id),
        [uploadId],
      );
      assert.deepEqual([...(await seen(second))], []);
      // A role without a tenant sees nothing.
      const lost = await single.transaction(async (sql) => {
        await sql.unsafe(`set local role ${tenantRole}`);
        return sql`select 1 from uploads`;
      });
      assert.equal(lost.count, 0);
      assert.equal(await state(), pid);
      await single.stop();
    },
  );

  it("a tenant that is no id never reaches the database", () => {
    for (const id of [
      "",
      "x",
      `${randomUUID()}'; reset role; --`,
      `${randomUUID()}\n`,
      "00000000-0000-0000-0000-00000000000g",
    ])
      assert.throws(() => database.tenant(id), { code: "internal" });
  });
});

/** SQLSTATE insufficient_privilege. */
function forbidden(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && cause.code === "42501";
}
