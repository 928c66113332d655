/**
 * `node:test` with time enough for whole processes: Bun ends a test after 5 s unless the test itself says otherwise. It gives a hook 5 s
 * whatever is said, so what takes longer to start is started at the top of a file.
 */
import { after as nodeAfter, test as nodeTest } from "node:test";

const timeout = 600_000; // the longest, two hundred seconds on two idle cores, three times over
type Work = () => void | Promise<void>;

export function test(name: string, options: { skip?: string | false }, work: Work): void;
export function test(name: string, work: Work): void;
export function test(name: string, first: { skip?: string | false } | Work, second?: Work): void {
  const [options, work] = typeof first === "function" ? [{}, first] : [first, second!];
  void nodeTest(name, { timeout, ...options }, () => work());
}

export const after = (work: Work): void => nodeAfter(() => work(), { timeout });
