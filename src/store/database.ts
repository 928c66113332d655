/** The database: a pool of connections, each borrowed by one piece of work at a time and given up when that misses its deadline. */
import type postgres from "postgres";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { type Address, type Connection, createConnection, type Sql } from "./connection.ts";
import { systemRole, tenantRole } from "./roles.ts";
import { isUuid } from "./uuid.ts";

export interface DatabaseOptions {
  /** Most connections at a time; further work waits under its deadline. */
  readonly connections?: number;
  /** Deadline of one statement or transaction, waiting for a connection included. */
  readonly queryMilliseconds?: number;
  readonly connectMilliseconds?: number;
  readonly applicationName?: string;
}

/** Statements under one role of the database, in transactions of their own; see `migrations/0004_tenancy.ts` for what each role may do. */
export interface Scope {
  /** All or nothing. Must not be retried blindly: a deadline may fall after the commit. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** Work on behalf of one tenant. Two walls keep others' rows away: every statement says `mine`, and row-level security says it again. */
export interface Tenant extends Scope {
  readonly tenantId: string;
  /** The condition that a row is this tenant's; `table` where a statement names several. */
  mine(sql: Sql, table?: "predictions" | "rejections"): postgres.PendingQuery<postgres.Row[]>;
}

export interface Database {
  tenant(tenantId: string): Tenant;
  /** What the service does across tenants: queue, outbox, sweeps, keys. May read ids and states, and nothing of a customer. */
  system(): Scope;
  /** As the login itself, for migrations and checks. */
  transaction<T>(work: (sql: Sql) => Promise<T>, options?: { milliseconds?: number }): Promise<T>;
  /** Fails with `database_unavailable` when a statement does not come back. */
  check(milliseconds?: number): Promise<void>;
  /** Refuses new work, waits for what is under way (each has a deadline), closes all connections. */
  stop(): Promise<void>;
}

export function createDatabase(address: Address, options: DatabaseOptions = {}): Database {
  const queryMilliseconds = options.queryMilliseconds ?? limits.queryMilliseconds;
  const connectMilliseconds = options.connectMilliseconds ?? limits.connectMilliseconds;
  const most = options.connections ?? limits.databaseConnections;
  const idle: Connection[] = [];
  const all = new Set<Connection>();
  const waiting: ((connection: Connection) => void)[] = [];
  const running = new Set<Promise<unknown>>();
  let stopped = false;

  const open = (): Connection => {
    const connection = createConnection(address, {
      applicationName: options.applicationName ?? "retainwise",
      connectMilliseconds: Math.min(connectMilliseconds, queryMilliseconds),
      statementMilliseconds: queryMilliseconds,
    });
    all.add(connection);
    return connection;
  };

  const borrow = (milliseconds: number): Connection | Promise<Connection> => {
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) {
      if (free.usable) return free;
      // The server closed it while nobody used it.
      all.delete(free);
    }
    if (all.size < most) return open();
    return new Promise((resolve, reject) => {
      const taker = (connection: Connection): void => {
        clearTimeout(timer);
        resolve(connection);
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(taker), 1);
        reject(new RetainWiseError("database_unavailable", `No connection was free within ${milliseconds} ms.`));
      }, milliseconds);
      waiting.push(taker);
    });
  };

  const giveBack = (connection: Connection): void => {
    let next: Connection | null = connection;
    if (!connection.usable) {
      all.delete(connection);
      // Whatever ended it may have ended those that nobody uses too, without a word to us: each would cost somebody a deadline to find out.
      for (const free of idle.splice(0)) {
        free.destroy();
        all.delete(free);
      }
      next = waiting.length > 0 && all.size < most ? open() : null;
    }
    if (next === null) return;
    const taker = waiting.shift();
    if (taker !== undefined) taker(next);
    else if (stopped) {
      next.destroy();
      all.delete(next);
    } else idle.push(next);
  };

  const use = async <T>(
    work: (connection: Connection, left: number) => Promise<T>,
    milliseconds: number,
  ): Promise<T> => {
    if (stopped) throw new RetainWiseError("database_unavailable", "The database client has been stopped.");
    const startedAt = performance.now();
    const connection = await borrow(milliseconds);
    try {
      return await work(connection, Math.max(1, milliseconds - (performance.now() - startedAt)));
    } finally {
      giveBack(connection);
    }
  };

  const track = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    running.add(settled);
    void settled.then(() => running.delete(settled));
    return work;
  };

  const query = <T>(work: (sql: Sql) => Promise<T>, milliseconds = queryMilliseconds): Promise<T> =>
    track(use((connection, left) => connection.run(work, left), milliseconds));
  const transaction = <T>(
    work: (sql: Sql) => Promise<T>,
    milliseconds = queryMilliseconds,
    settings = "",
  ): Promise<T> => track(use((connection, left) => connection.runTransaction(work, left, settings), milliseconds));

  return {
    tenant(tenantId) {
      if (!isUuid(tenantId)) throw new RetainWiseError("internal", "A tenant's id must be a UUID.");
      // A UUID needs no quoting; `local`: the next borrower of the connection finds neither role nor tenant.
      const settings = `set local role ${tenantRole}; set local retainwise.tenant_id = '${tenantId}'`;
      return {
        tenantId,
        mine: (sql, table) =>
          table === undefined ? sql`tenant_id = ${tenantId}` : sql`${sql(table)}.tenant_id = ${tenantId}`,
        transaction: (work) => transaction(work, queryMilliseconds, settings),
      };
    },
    system: () => ({ transaction: (work) => transaction(work, queryMilliseconds, `set local role ${systemRole}`) }),
    transaction: (work, { milliseconds } = {}) => transaction(work, milliseconds),
    async check(milliseconds) {
      await query((sql) => sql`select 1`, milliseconds);
    },
    async stop() {
      stopped = true;
      await Promise.all(running);
      for (const connection of all) connection.destroy();
      all.clear();
      idle.length = 0;
    },
  };
}
