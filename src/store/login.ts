/** The service's own login, which owns nothing and may do nothing but take on our two roles. */
import { RetainWiseError } from "../errors.ts";
import type { Sql } from "./connection.ts";
import { createDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { systemRole, tenantRole } from "./roles.ts";

/** Migrates as the owner, and makes sure that the login of `url` exists and may take on our roles. Answers how many migrations were applied. */
export async function migrateAsOwner(ownerUrl: string, url: string): Promise<number> {
  const login = loginOf("RETAINWISE_DATABASE_URL", url);
  const ownerName = loginOf("RETAINWISE_DATABASE_OWNER_URL", ownerUrl).name;
  const owner = createDatabase(ownerUrl, { connections: 1 });
  try {
    const applied = await migrate(owner);
    if (login.name !== "" && login.name !== ownerName) await owner.transaction((sql) => allowLogin(sql, login));
    return applied;
  } finally {
    await owner.stop();
  }
}

interface Login {
  readonly name: string;
  readonly password: string;
}

function loginOf(variable: string, url: string): Login {
  try {
    const { username, password } = new URL(url);
    return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch (cause) {
    throw new RetainWiseError(
      "config_invalid",
      `${variable}: must be like postgres://login:password@host:5432/database; other characters than letters and digits are percent-encoded.`,
      { cause },
    );
  }
}

/**
 * The login does not inherit what our roles may do: a statement outside of a transaction that takes on one of them is refused, and can
 * never see both at once.
 */
async function allowLogin(sql: Sql, { name, password }: Login): Promise<void> {
  if (!/^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/.test(name) || password.includes("\0")) {
    throw new RetainWiseError("config_invalid", "RETAINWISE_DATABASE_URL: the login's name is not a plain one.");
  }
  const [facts] = await sql<{ known: boolean; can_say_inherit: boolean }[]>`
    select
      exists (select from pg_roles where rolname = ${name}) as known,
      current_setting('server_version_num')::integer >= 160000 as can_say_inherit`;
  if (facts?.known !== true) {
    // A role's statement takes no parameters: `format` quotes.
    const [statement] = await sql<{ text: string }[]>`
      select format('create role %I login noinherit password %L', ${name}::text, nullif(${password}::text, '')) as text`;
    await sql.unsafe(statement!.text);
  }
  const how = facts?.can_say_inherit === true ? " with inherit false, set true" : "";
  await sql.unsafe(`grant ${tenantRole}, ${systemRole} to "${name}"${how}`);
  // To see at its start whether the schema is the one it knows.
  await sql.unsafe(`grant select on migrations to "${name}"`);
}
