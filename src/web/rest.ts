import type { ProblemDocument } from "../api/problem.ts";

/** The API's own answer, where it is not what the page needs. */
export class RestProblem extends Error {
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.code);
    this.name = "RestProblem";
    this.problem = problem;
  }
}

export interface Rest {
  /** The JSON of a GET that answers 200, by the type that its operation documents. Throws `RestProblem`. */
  get<Answer>(path: string): Promise<Answer>;
  /** The same, with null for `not_found` and whatever else `unless` names. */
  find<Answer>(path: string, unless?: readonly string[]): Promise<Answer | null>;
  /** The JSON of a GET whatever its status is: of a check that says what is wrong. */
  ask<Answer>(path: string): Promise<Answer>;
  /** The JSON of a POST. Throws `RestProblem`. */
  post<Answer>(path: string, body: unknown): Promise<Answer>;
}

/** Calls the API in this process as whoever sent `visit` would: their credentials, their language, no rights of our own. */
export function createRest(api: (request: Request) => Promise<Response> | Response, visit: Request): Rest {
  const headers = new Headers({ accept: "application/json" });
  for (const name of ["authorization", "cookie", "host", "x-request-id", "accept-language"]) {
    const value = visit.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const call = async <Answer>(path: string, init: RequestInit): Promise<Answer> => {
    const response = await api(new Request(new URL(path, visit.url), init));
    const answer: unknown = await response.json();
    if (!response.ok) throw new RestProblem(answer as ProblemDocument);
    return answer as Answer;
  };
  const get = <Answer>(path: string) => call<Answer>(path, { headers });
  return {
    get,
    find: <Answer>(path: string, unless: readonly string[] = []) =>
      get<Answer>(path).catch((error: unknown) => {
        if (error instanceof RestProblem && ["not_found", ...unless].includes(error.problem.code)) return null;
        throw error;
      }),
    ask: async (path) => (await api(new Request(new URL(path, visit.url), { headers }))).json(),
    post: (path, body) => {
      const own = new Headers(headers);
      own.set("content-type", "application/json");
      return call(path, { method: "POST", headers: own, body: JSON.stringify(body) });
    },
  };
}
