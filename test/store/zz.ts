import { createDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { startExternal } from "./zz-servers.ts";

for (let i = 0; i < 15; i++) {
  console.error("round", i);
  const s = await startExternal();
  const d = createDatabase(s.address);
  console.error("migrate");
  await migrate(d);
  console.error("migrated");
  await d.stop();
  await s.stop();
}
