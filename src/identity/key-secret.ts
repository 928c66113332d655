/** The secret of API keys on a machine that has nobody to keep one: made at the first start, readable by its user only. */
import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { RetainWiseError } from "../errors.ts";

/** Of several processes that start at once, one makes it and all read the same. */
export async function readKeySecret(home: string): Promise<string> {
  const path = join(home, "key-secret");
  const found = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw unreadable(error);
  });
  if (found !== null) return checked(found);
  try {
    await mkdir(home, { recursive: true });
    // Not by the process's id: in a container that is 1 every time, and a crash would leave the name taken for ever.
    const draft = `${path}.${randomUUID()}`;
    const file = await open(draft, "wx", 0o600);
    await file.writeFile(randomBytes(32).toString("base64url"));
    await file.sync();
    await file.close();
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await unlink(draft);
    return checked(await readFile(path, "utf8"));
  } catch (error) {
    throw error instanceof RetainWiseError ? error : unreadable(error);
  }
}

/** Under an empty secret anybody could make a digest. */
function checked(secret: string): string {
  if (secret.length >= 32) return secret;
  throw new RetainWiseError(
    "config_invalid",
    "RETAINWISE_HOME: its file key-secret is damaged. Restore it from a backup, or remove it and make all keys anew.",
  );
}

function unreadable(cause: unknown): RetainWiseError {
  return new RetainWiseError("config_invalid", "RETAINWISE_HOME: its file key-secret cannot be read or made.", {
    cause,
  });
}
