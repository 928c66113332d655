/**
 * Follows what a client says in PostgreSQL's protocol 3.0 (PostgreSQL documentation, "Frontend/Backend Protocol: Message Formats") and names
 * each statement at the moment it is sent to be executed, prepared or not.
 */
export interface Statement {
  readonly sql: string;
  /** The parameters as they are on the wire, to look for an id in. */
  readonly parameters: string;
}

/** One for each connection; give it the client's bytes in their order. */
export function createStatementReader(): (bytes: Buffer) => Statement[] {
  const prepared = new Map<string, string>();
  let rest: Buffer = Buffer.alloc(0);
  let greeted = false;
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const found: Statement[] = [];
    for (;;) {
      // The first message has no type before its length.
      const typeBytes = greeted ? 1 : 0;
      if (rest.length < typeBytes + 4) return found;
      const end = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < end) return found;
      const type = greeted ? String.fromCharCode(rest[0]!) : "startup";
      const body = rest.subarray(typeBytes + 4, end);
      greeted = true;
      rest = rest.subarray(end);
      if (type === "Q") found.push({ sql: plain(textAt(body, 0)), parameters: "" });
      if (type === "P") {
        const name = textAt(body, 0);
        prepared.set(name, plain(textAt(body, Buffer.byteLength(name) + 1)));
      }
      if (type === "B") {
        const portal = textAt(body, 0);
        const name = textAt(body, Buffer.byteLength(portal) + 1);
        found.push({ sql: prepared.get(name) ?? "", parameters: body.toString("latin1") });
      }
    }
  };
}

/** Up to the zero byte. */
const textAt = (body: Buffer, from: number): string => body.toString("utf8", from, body.indexOf(0, from));

/** One line, so that an expression need not know how a statement is set. */
const plain = (sql: string): string => sql.replaceAll(/\s+/g, " ").trim();
