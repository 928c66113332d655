import type { Html } from "./html.ts";
import type { Rest } from "./rest.ts";

/** The parts of the site that its head leads to. */
export type Section = "uploads" | "mappings" | "operations" | "api";

/** One request for a page. */
export interface Visit {
  /** The calls of the API, made for whoever looks at the page. */
  readonly rest: Rest;
  /** Of the address, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Whether the service knows everybody who reaches it as the same one: then nobody signs in or out. */
  readonly open: boolean;
}

/** What a page says of itself; `layout.ts` puts it between head and foot. */
export interface Page {
  readonly title: string;
  readonly section: Section | null;
  readonly main: Html;
  /** Names of files in `client/` that the page runs. */
  readonly scripts?: readonly string[];
  /** 200 where it is not given. */
  readonly status?: number;
}

/** A page, or the address of the one that shows it. */
export type Answer = Page | { readonly location: string };

export type ShowPage = (visit: Visit) => Promise<Answer> | Answer;
