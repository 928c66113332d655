/** The outbox: what transactions want sent, until the queue has it. */
import { limits } from "../limits.ts";
import type { Scope } from "./database.ts";

/**
 * Sends the oldest waiting bodies, at most `limit`, and removes those sent, in one transaction; relays side by side take different rows.
 * A crash between sending and commit sends again; nothing is lost. When a send fails, those before it count and its error is thrown.
 */
export async function relayOutbox(
  system: Scope,
  send: (body: string) => Promise<void>,
  limit: number = limits.outboxBatch,
): Promise<number> {
  const { sent, failure } = await system.transaction(async (sql) => {
    const rows = await sql<{ outbox_id: number; body: string }[]>`
      select outbox_id, body
      from outbox
      order by outbox_id
      limit ${limit}
      for update skip locked`;
    const done: number[] = [];
    let failure: { error: unknown } | null = null;
    for (const row of rows) {
      try {
        await send(row.body);
        done.push(row.outbox_id);
      } catch (error) {
        failure = { error };
        break;
      }
    }
    if (done.length > 0) {
      await sql`
        delete from outbox
        where outbox_id = any (${`{${done.join(",")}}`}::text::bigint[])`;
    }
    return { sent: done.length, failure };
  });
  if (failure !== null) throw failure.error;
  return sent;
}
