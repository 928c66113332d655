/** Acts once when the database's traffic comes to a named point: before a statement reaches the server, or after it was done and before its client hears so. */
import type { Inspector, Verdict } from "./proxy.ts";
import { createStatementReader, type Statement } from "./statements.ts";

export interface Point {
  readonly name: string;
  /** Statements on one connection in this order, others between them or not. */
  readonly statements: readonly RegExp[];
  readonly when: "before" | "after";
}

export interface Tripwire {
  /** One for each connection of each process that is watched; `act` is told whose connection it was. */
  inspector(owner: string): Inspector;
  /**
   * Resolves with the owner when the point is reached; `about` is looked for in the last statement's parameters. What was to pass goes nowhere,
   * or on its way after the promise that `act` answers.
   */
  arm(point: Point, act: Act, about?: string): Promise<string>;
  disarm(): void;
  /** Every matching statement is passed on after so many milliseconds; null ends it. */
  delay(slow: { statement: RegExp; milliseconds: number } | null): void;
  /** Number of statements seen of that form. */
  count(statement: RegExp, owner?: string): number;
}

type Act = (owner: string) => Promise<void> | void;

interface Armed {
  readonly point: Point;
  readonly about: string;
  readonly fire: Act;
}

export function createTripwire(): Tripwire {
  let armed: Armed | null = null;
  let slow: { statement: RegExp; milliseconds: number } | null = null;
  const seen: { owner: string; sql: string }[] = [];

  return {
    inspector(owner) {
      const read = createStatementReader();
      let watched: Armed | null = null;
      let reached = 0;
      let awaitsAnswer = false;

      const step = (statement: Statement): boolean => {
        if (armed !== watched) {
          watched = armed;
          reached = 0;
        }
        if (watched === null) return false;
        const { statements } = watched.point;
        const isLast = reached === statements.length - 1;
        if (!statements[reached]!.test(statement.sql)) return false;
        if (isLast && !statement.parameters.includes(watched.about)) return false;
        reached++;
        return isLast;
      };
      const fire = (): Verdict => {
        const { fire: act } = watched!;
        armed = null;
        watched = null;
        awaitsAnswer = false;
        return act(owner) ?? "hold";
      };
      return {
        fromClient(bytes) {
          let verdict: Verdict = "pass";
          for (const statement of read(bytes)) {
            seen.push({ owner, sql: statement.sql });
            if (slow?.statement.test(statement.sql)) verdict = slow.milliseconds;
            if (!step(statement)) continue;
            if (watched!.point.when === "before") return fire();
            awaitsAnswer = true;
          }
          return verdict;
        },
        fromServer() {
          return awaitsAnswer && armed !== null && armed === watched ? fire() : "pass";
        },
      };
    },
    arm(point, act, about = "") {
      return new Promise((resolve) => {
        armed = {
          point,
          about,
          fire(owner) {
            const goesOn = act(owner);
            resolve(owner);
            return goesOn;
          },
        };
      });
    },
    disarm() {
      armed = null;
    },
    delay(next) {
      slow = next;
    },
    count: (statement, owner) =>
      seen.filter((each) => statement.test(each.sql) && (owner === undefined || owner === each.owner)).length,
  };
}
