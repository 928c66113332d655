/** What a failed statement means for us: an outage is `database_unavailable`, anything else the server says is our own mistake. */
import { RetainWiseError } from "../errors.ts";

export interface DatabaseFailure {
  /** What the caller sees: ours, or an error of the caller's own code, untouched. */
  readonly error: unknown;
  /** Whether the connection can no longer be trusted. */
  readonly lostConnection: boolean;
}

export function databaseError(error: unknown): DatabaseFailure {
  if (error instanceof RetainWiseError) {
    return { error, lostConnection: error.code === "database_unavailable" };
  }
  const code = errorCode(error);
  if (code === null) return { error, lostConnection: false };
  if (isServerAnswer(code)) {
    const outage = outageClasses.has(code.slice(0, 2)) || outageCodes.has(code);
    const ours = outage
      ? new RetainWiseError("database_unavailable", "The database cannot serve at the moment.", { cause: error })
      : new RetainWiseError("internal", "The database refused a statement.", { cause: error });
    return { error: ours, lostConnection: code.startsWith("57P") || code.startsWith("08") || code === "25P03" };
  }
  if (!isConnectionFailure(code)) return { error, lostConnection: false };
  return {
    error: new RetainWiseError("database_unavailable", "The connection to the database failed.", { cause: error }),
    lostConnection: true,
  };
}

/** SQLSTATE classes: connection, authorization, resources, operator intervention, system error, database missing. */
const outageClasses = new Set(["08", "28", "3D", "53", "57", "58"]);

/** Serialization failure, deadlock, lock timeout, read-only server after a failover, idle-in-transaction time-out. */
const outageCodes = new Set(["40001", "40P01", "55P03", "25006", "25P03"]);

/** Names of postgres.js for a connection that is gone, of the system for a socket, of TLS for a server that is not the one meant. */
function isConnectionFailure(code: string): boolean {
  const tls = code.includes("CERT") || code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL");
  return code.startsWith("CONNECT") || code.startsWith("SASL") || tls || socketCodes.has(code);
}

const socketCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "EACCES",
  "ENOTSOCK",
]);

function isServerAnswer(code: string): boolean {
  return code.length === 5 && /^[0-9A-Z]{5}$/.test(code) && !(code.startsWith("E") && !/[0-9]/.test(code));
}

function errorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.message.startsWith("no connection within")) return "ETIMEDOUT";
  return "code" in error && typeof error.code === "string" ? error.code : null;
}
