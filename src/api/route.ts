import type { Operation } from "./operation.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** One line of the table of routes. */
export interface Route {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/templates/{name}.csv`. */
  readonly path: string;
  readonly operation: Operation;
}

export const get = (path: string, operation: Operation): Route => ({ method: "GET", path, operation });
export const post = (path: string, operation: Operation): Route => ({ method: "POST", path, operation });
export const put = (path: string, operation: Operation): Route => ({ method: "PUT", path, operation });
export const del = (path: string, operation: Operation): Route => ({ method: "DELETE", path, operation });

/** `/v1/templates/{name}.csv` as Hono writes it: `/v1/templates/:name{.+\.csv}`. */
export function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}(\.\w+)?/g, (_whole, name: string, ending?: string) =>
    ending === undefined ? `:${name}` : `:${name}{.+\\${ending}}`,
  );
}

/** Parameters as the pattern names them: Hono hands over `{name}.csv` with its ending. */
export function pathParameters(path: string, matched: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(matched).map(([name, value]) => {
      const ending = new RegExp(`\\{${name}\\}(\\.\\w+)`).exec(path)?.[1] ?? "";
      return [name, ending !== "" && value.endsWith(ending) ? value.slice(0, -ending.length) : value];
    }),
  );
}
