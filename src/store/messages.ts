/** The embedded queue's table, one verb a statement. Times are the database's clock; a receipt is fresh with every receive. */
import type { Scope } from "./database.ts";

export interface MessageRow {
  readonly message_id: string;
  readonly body: string;
  readonly receipt: string;
  readonly receive_count: number;
  readonly sent_at: Date;
}

export async function insertMessage(system: Scope, body: string, delaySeconds: number): Promise<void> {
  await system.transaction(
    (sql) => sql`
      insert into messages (body, visible_at)
      values (${body}, now() + ${delaySeconds} * interval '1 second')`,
  );
}

/** Takes visible messages, and buries those that were received `maxReceiveCount` times without an end. */
export function takeMessages(
  system: Scope,
  options: { limit: number; visibilityTimeoutSeconds: number; maxReceiveCount: number },
): Promise<MessageRow[]> {
  return system.transaction(async (sql) => {
    const rows = await sql<MessageRow[]>`
      with spent as (
        select message_id
        from messages
        where dead_at is null
          and visible_at <= now()
          and receive_count >= ${options.maxReceiveCount}
        for update skip locked
      ),
      buried as (
        update messages
        set dead_at = now(),
            receipt = null
        from spent
        where messages.message_id = spent.message_id
      ),
      candidate as (
        select message_id
        from messages
        where dead_at is null
          and visible_at <= now()
          and receive_count < ${options.maxReceiveCount}
        order by visible_at
        limit ${options.limit}
        for update skip locked
      )
      update messages
      set receive_count = receive_count + 1,
          receipt = gen_random_uuid(),
          visible_at = now() + ${options.visibilityTimeoutSeconds} * interval '1 second'
      from candidate
      where messages.message_id = candidate.message_id
      returning messages.message_id, body, receipt, receive_count, sent_at`;
    return [...rows];
  });
}

/** False when the receipt is stale: the message is no longer in flight under it. */
export async function moveVisibility(
  system: Scope,
  messageId: string,
  receipt: string,
  seconds: number,
): Promise<boolean> {
  const moved = await system.transaction(
    (sql) => sql`
      update messages
      set visible_at = now() + ${seconds} * interval '1 second'
      where message_id = ${messageId}
        and receipt = ${receipt}
        and dead_at is null
        and visible_at > now()`,
  );
  return moved.count > 0;
}

/** As if it had not been received: visible at once, the receive not counted. */
export async function returnMessage(system: Scope, messageId: string, receipt: string): Promise<void> {
  await system.transaction(
    (sql) => sql`
      update messages
      set visible_at = now(),
          receive_count = greatest(receive_count - 1, 0),
          receipt = null
      where message_id = ${messageId}
        and receipt = ${receipt}
        and dead_at is null`,
  );
}

export async function returnAllMessages(system: Scope): Promise<number> {
  const returned = await system.transaction(
    (sql) => sql`
      update messages
      set visible_at = now(),
          receive_count = greatest(receive_count - 1, 0),
          receipt = null
      where dead_at is null
        and receipt is not null
        and visible_at > now()`,
  );
  return returned.count;
}

export async function removeMessage(system: Scope, messageId: string, receipt: string): Promise<void> {
  await system.transaction(
    (sql) => sql`
      delete from messages
      where message_id = ${messageId}
        and receipt = ${receipt}
        and dead_at is null`,
  );
}

export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly dead: number;
  /** Age of the oldest message that is not dead, seconds; 0 when there is none. */
  readonly oldestSeconds: number;
}

export function countMessages(system: Scope): Promise<MessageCounts> {
  return system.transaction(async (sql) => {
    const rows = await sql<MessageCounts[]>`
      select
        count(*) filter (where dead_at is null and visible_at <= now()) as visible,
        count(*) filter (where dead_at is null and visible_at > now() and receipt is not null) as "inFlight",
        count(*) filter (where dead_at is null and visible_at > now() and receipt is null) as delayed,
        count(*) filter (where dead_at is not null) as dead,
        coalesce(extract(epoch from now() - min(sent_at) filter (where dead_at is null)), 0)::float8 as "oldestSeconds"
      from messages`;
    return rows[0]!;
  });
}

export interface DeadRow {
  readonly message_id: string;
  readonly body: string;
  readonly receive_count: number;
  readonly sent_at: Date;
  readonly dead_at: Date;
}

export function listDead(system: Scope, limit: number): Promise<DeadRow[]> {
  return system.transaction(async (sql) => {
    const rows = await sql<DeadRow[]>`
      select message_id, body, receive_count, sent_at, dead_at
      from messages
      where dead_at is not null
      order by dead_at, message_id
      limit ${limit}`;
    return [...rows];
  });
}

/** `messageIds` null: all of them. */
export async function reviveMessages(system: Scope, messageIds: readonly string[] | null): Promise<number> {
  const revived = await system.transaction(
    (sql) => sql`
      update messages
      set dead_at = null,
          receive_count = 0,
          receipt = null,
          visible_at = now()
      where dead_at is not null
        ${messageIds === null ? sql`` : sql`and message_id = any (${`{${messageIds.join(",")}}`}::text::uuid[])`}`,
  );
  return revived.count;
}
