/** The embedded queue's table, one verb a statement. Times are the database's clock; a receipt is fresh with every receive. */
import type { Tenant } from "./database.ts";

export interface MessageRow {
  readonly message_id: string;
  readonly body: string;
  readonly receipt: string;
  readonly receive_count: number;
  readonly sent_at: Date;
}

export async function insertMessage(tenant: Tenant, body: string, delaySeconds: number): Promise<void> {
  await tenant.query(
    (sql) => sql`
      insert into messages (tenant_id, body, visible_at)
      values (${tenant.tenantId}, ${body}, now() + ${delaySeconds} * interval '1 second')`,
  );
}

/** Takes visible messages, and buries those that were received `maxReceiveCount` times without an end. */
export function takeMessages(
  tenant: Tenant,
  options: { limit: number; visibilityTimeoutSeconds: number; maxReceiveCount: number },
): Promise<MessageRow[]> {
  return tenant.query(async (sql) => {
    const rows = await sql<MessageRow[]>`
      with spent as (
        select message_id
        from messages
        where tenant_id = ${tenant.tenantId}
          and dead_at is null
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
        where tenant_id = ${tenant.tenantId}
          and dead_at is null
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
  tenant: Tenant,
  messageId: string,
  receipt: string,
  seconds: number,
): Promise<boolean> {
  const moved = await tenant.query(
    (sql) => sql`
      update messages
      set visible_at = now() + ${seconds} * interval '1 second'
      where tenant_id = ${tenant.tenantId}
        and message_id = ${messageId}
        and receipt = ${receipt}
        and dead_at is null
        and visible_at > now()`,
  );
  return moved.count > 0;
}

/** As if it had not been received: visible at once, the receive not counted. */
export async function returnMessage(tenant: Tenant, messageId: string, receipt: string): Promise<void> {
  await tenant.query(
    (sql) => sql`
      update messages
      set visible_at = now(),
          receive_count = greatest(receive_count - 1, 0),
          receipt = null
      where tenant_id = ${tenant.tenantId}
        and message_id = ${messageId}
        and receipt = ${receipt}
        and dead_at is null`,
  );
}

export async function returnAllMessages(tenant: Tenant): Promise<number> {
  const returned = await tenant.query(
    (sql) => sql`
      update messages
      set visible_at = now(),
          receive_count = greatest(receive_count - 1, 0),
          receipt = null
      where tenant_id = ${tenant.tenantId}
        and dead_at is null
        and receipt is not null
        and visible_at > now()`,
  );
  return returned.count;
}

export async function removeMessage(tenant: Tenant, messageId: string, receipt: string): Promise<void> {
  await tenant.query(
    (sql) => sql`
      delete from messages
      where tenant_id = ${tenant.tenantId}
        and message_id = ${messageId}
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

export function countMessages(tenant: Tenant): Promise<MessageCounts> {
  return tenant.query(async (sql) => {
    const rows = await sql<MessageCounts[]>`
      select
        count(*) filter (where dead_at is null and visible_at <= now()) as visible,
        count(*) filter (where dead_at is null and visible_at > now() and receipt is not null) as "inFlight",
        count(*) filter (where dead_at is null and visible_at > now() and receipt is null) as delayed,
        count(*) filter (where dead_at is not null) as dead,
        coalesce(extract(epoch from now() - min(sent_at) filter (where dead_at is null)), 0)::float8 as "oldestSeconds"
      from messages
      where tenant_id = ${tenant.tenantId}`;
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

export function listDead(tenant: Tenant, limit: number): Promise<DeadRow[]> {
  return tenant.query(async (sql) => {
    const rows = await sql<DeadRow[]>`
      select message_id, body, receive_count, sent_at, dead_at
      from messages
      where tenant_id = ${tenant.tenantId}
        and dead_at is not null
      order by dead_at, message_id
      limit ${limit}`;
    return [...rows];
  });
}

/** `messageIds` null: all of them. */
export async function reviveMessages(tenant: Tenant, messageIds: readonly string[] | null): Promise<number> {
  const revived = await tenant.query(
    (sql) => sql`
      update messages
      set dead_at = null,
          receive_count = 0,
          receipt = null,
          visible_at = now()
      where tenant_id = ${tenant.tenantId}
        and dead_at is not null
        ${messageIds === null ? sql`` : sql`and message_id = any (${`{${messageIds.join(",")}}`}::text::uuid[])`}`,
  );
  return revived.count;
}
