/**
 * One session of Postgres whose every use ends within a deadline. postgres.js alone waits for ever when the server closes during
 * start-up, when a `copy` fails, or when the network freezes mid-session; so the socket is ours, and a deadline destroys it. Nor does a
 * session ever come back by itself: the statements of a transaction must not go on in a new one, and the `begin` of postgres.js
 * brings the process down when the server closes the connection (its `rollback` writes to no socket).
 */
import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { RetainWiseError } from "../errors.ts";
import { columnTypes } from "./column-types.ts";
import { databaseError } from "./database-error.ts";

/** What statements are written with, inside and outside of transactions. */
export type Sql = postgres.ISql;

/** Where the server is: a URL (`postgres://…?sslmode=verify-full`), or its parts; a `host` with a slash is a folder of Unix sockets. */
export type Address =
  | string
  | {
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string;
    };

export interface ConnectionOptions {
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Until the socket is open. */
  readonly connectMilliseconds: number;
  /**
   * `statement_timeout`, and as long between two statements of a transaction: the server gives up too, so that no orphaned statement goes on
   * after our deadline, and no session that the network has lost holds its locks until TCP notices, hours later.
   */
  readonly statementMilliseconds: number;
  /** The connection was closed by either side. */
  readonly onClose?: () => void;
}

export interface Connection {
  /** False once the session has ended, whoever ended it: it must not be used again. */
  readonly usable: boolean;
  /** Runs statements outside of a transaction. Rejects with `database_unavailable` at the deadline and destroys the connection. */
  run<T>(work: (sql: Sql) => Promise<T>, milliseconds: number): Promise<T>;
  /** The same in one transaction, begun with the statements of `settings`; what `work` throws rolls it back and is thrown on. */
  runTransaction<T>(work: (sql: Sql) => Promise<T>, milliseconds: number, settings?: string): Promise<T>;
  /** At once, without a word to the server. */
  destroy(): void;
}

export function createConnection(address: Address, options: ConnectionOptions): Connection {
  let usable = true;
  const sockets = new Set<Socket>();

  let dialled = false;
  const openSocket = async (parsed: ParsedAddress): Promise<Socket> => {
    if (dialled || !usable)
      throw new RetainWiseError("database_unavailable", "The connection to the database has ended.");
    dialled = true;
    try {
      const socket = await dial(parsed, options.connectMilliseconds);
      sockets.add(socket);
      socket.once("close", ended);
      if (!usable) socket.destroy();
      return socket;
    } catch (error) {
      usable = false;
      throw error;
    }
  };
  let over = false;
  const ended = (): void => {
    usable = false;
    if (!over) options.onClose?.();
    over = true;
  };

  const settings = {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: Math.ceil(options.connectMilliseconds / 1_000),
    fetch_types: false,
    types: columnTypes,
    onnotice: () => undefined,
    // Besides the socket's own event, whose listeners go when TLS takes the socket over.
    onclose: () => ended(),
    socket: openSocket,
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementMilliseconds,
      idle_in_transaction_session_timeout: options.statementMilliseconds,
    },
  };
  const client: postgres.Sql =
    typeof address === "string" ? postgres(address, settings) : postgres({ ...address, ...settings });

  // Not `client.end()`: it writes a farewell, which over TLS comes after the last listener for errors has gone.
  const destroy = (): void => {
    usable = false;
    for (const socket of sockets) socket.destroy();
  };

  /** Work that outlives its deadline may still reject; nobody listens any more, so it must not count as unhandled. */
  const underDeadline = async <T>(work: Promise<T>, milliseconds: number): Promise<T> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new RetainWiseError(
            "database_unavailable",
            `The database did not answer within ${Math.round(milliseconds)} ms.`,
          ),
        );
        destroy();
      }, milliseconds);
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, deadline]);
    } catch (error) {
      const ours = databaseError(error);
      // After anything but an answer of the server the session's state is unknown.
      if (ours.lostConnection) destroy();
      throw ours.error;
    } finally {
      clearTimeout(timer);
    }
  };

  const inTransaction = async <T>(work: (sql: Sql) => Promise<T>, settings: string): Promise<T> => {
    let result: T;
    try {
      await client.unsafe(settings === "" ? "begin" : `begin; ${settings}`);
      result = await work(client);
    } catch (error) {
      // A session that broke has nothing to roll back, and postgres.js would wait for an answer of a socket that is gone.
      if (databaseError(error).lostConnection) destroy();
      else if (usable) await client.unsafe("rollback").catch(destroy);
      throw error;
    }
    // Where a statement failed and `work` went on regardless, Postgres answers a commit with a rollback and no error.
    const end = await client.unsafe("commit");
    if (end.command !== "COMMIT")
      throw new RetainWiseError("internal", "A transaction with a failed statement was to be committed.");
    return result;
  };

  return {
    get usable() {
      return usable;
    },
    run: (work, milliseconds) => underDeadline(work(client), milliseconds),
    runTransaction: (work, milliseconds, settings = "") => underDeadline(inTransaction(work, settings), milliseconds),
    destroy,
  };
}

interface ParsedAddress {
  readonly path: string | false;
  readonly host: string[];
  readonly port: number[];
}

/** The first of the addresses; our own so that the time to connect is bounded and the socket can be destroyed. */
function dial(parsed: ParsedAddress, milliseconds: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const host = parsed.host[0] ?? "localhost";
    const socket = parsed.path ? connect({ path: parsed.path }) : connect({ host, port: parsed.port[0] ?? 5432 });
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no connection within ${milliseconds} ms`)), milliseconds);
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeListener("error", fail);
      // postgres.js reads the name for TLS from the socket.
      if (!parsed.path) Object.assign(socket, { host, port: parsed.port[0] });
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
