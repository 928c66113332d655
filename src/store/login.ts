/** The service's own login, which owns nothing and may only take on our two roles. */
import { RetainWiseError } from "../errors.ts";
import type { Sql } from "./connection.ts";
import { createDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { systemRole, tenantRole } from "./roles.ts";

/** Migrates as the owner, and makes sure that the login of `url` exists and may take on our roles. Answers how many migrations were applied. */
export async function migrateAsOwner(ownerUrl: string, url: string): Promise<number> {
  const owner = createDatabase(ownerUrl, { connections: 1 });
  try {
    const applied = await migrate(owner);
    const { username, password } = new URL(url);
    const name = decodeURIComponent(username);
    if (name !== "" && name !== decodeURIComponent(new URL(ownerUrl).username)) {
      await owner.transaction((sql) => allowLogin(sql, name, decodeURIComponent(password)));
    }
    return applied;
  } finally {
    await owner.stop();
  }
}

async function allowLogin(sql: Sql, name: string, password: string): Promise<void> {
  if (!/^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/.test(name) || password.includes("\0")) {
    throw new RetainWiseError("config_invalid", "RETAINWISE_DATABASE_URL: the login's name is not a plain one.");
  }
  const known = await sql`
    select
    from pg_roles
    where rolname = ${name}`;
  if (known.count === 0) {
    // A role's statement takes no parameters: `format` quotes.
    const [statement] = await sql<{ text: string }[]>`
      select format('create role %I login password %L', ${name}::text, ${password}::text) as text`;
    await sql.unsafe(statement!.text);
  }
  await sql.unsafe(`grant ${tenantRole}, ${systemRole} to "${name}"`);
}
