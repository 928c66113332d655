/**
 * A process that owns a home, to be killed by a test. `owner-process.ts HOME [write]`: prints `ready SERVER_PID`; with `write` also every
 * number once it is committed. Ends in order when its input ends.
 */
import process from "node:process";
import { RetainWiseError } from "../../src/errors.ts";
import { createDatabase } from "../../src/store/database.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";

const [home = "", mode] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const server = await startEmbeddedPostgres({ home, onLost: (error) => say(`lost ${error.code}`) });
  const database = createDatabase(server.address, { connections: 2 });
  await database.transaction((sql) => sql`create table if not exists numbers (n integer primary key)`);
  const backend = await database.transaction(
    (sql) => sql`
    select split_part(pg_read_file('postmaster.pid'), E'\n', 1) as pid`,
  );
  say(`ready ${backend[0]?.pid}`);
  let stopping = false;
  process.stdin.once("end", async () => {
    stopping = true;
    if (mode !== "write") {
      await database.stop();
      await server.stop();
      process.exit(0);
    }
  });
  process.stdin.resume();
  while (mode === "write" && !stopping) {
    const rows = await database.transaction(
      (sql) => sql`
      insert into numbers
      select coalesce(max(n), 0) + 1 from numbers
      returning n`,
    );
    say(String(rows[0]?.n));
  }
} catch (error) {
  say(error instanceof RetainWiseError ? `failed ${error.code} ${error.detail}` : `failed ${error}`);
  process.exit(1);
}
