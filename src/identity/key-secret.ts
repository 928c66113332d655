/** The secret of API keys on a machine that has nobody to keep one: made at the first start, readable by its user only. */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";

/** Of several processes that start at once, one makes it and all read the same. */
export async function readKeySecret(home: string): Promise<string> {
  const path = join(home, "key-secret");
  const found = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found !== null) return found;
  await mkdir(home, { recursive: true });
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, "wx", 0o600);
  await file.writeFile(randomBytes(32).toString("base64url"));
  await file.sync();
  await file.close();
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await unlink(draft);
  return readFile(path, "utf8");
}
