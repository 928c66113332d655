/** What each tenant sees through the API: exactly its own uploads with its own file's results, and of another's upload what is seen of one that never was. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scene, Violation } from "./invariants.ts";
import type { Tenant } from "./tenants.ts";

export interface View {
  readonly scene: Scene;
  readonly tenants: readonly Tenant[];
  /** Of the API. */
  readonly url: string;
  /** So many of each tenant's newest uploads are looked at, by their owner and by all others. */
  readonly newest: number;
  /** Only calls that change nothing. */
  readonly harmless?: boolean;
}

interface Own {
  readonly upload_id: string;
  readonly status: string;
  readonly sha256: string;
}

/** Every call that names an upload; a body where one is needed. */
const calls: readonly (readonly [method: string, path: string, body?: string])[] = [
  ["GET", ""],
  ["GET", "/events"],
  ["GET", "/summary"],
  ["GET", "/changes"],
  ["GET", "/predictions"],
  ["GET", "/predictions/2"],
  ["GET", "/predictions.csv"],
  ["GET", "/rejected.csv"],
  ["POST", "/mapping", JSON.stringify({ mapping: { tenure_months: "tenure" } })],
  ["DELETE", ""],
];

export async function violationsSeen(view: View): Promise<Violation[]> {
  const found: Violation[] = [];
  const own = new Map<Tenant, Own[]>();
  for (const tenant of view.tenants) {
    const before = await readOwn(view.scene, tenant);
    own.set(tenant, before);
    const listed = new Set(await listUploads(view, tenant));
    const after = new Set((await readOwn(view.scene, tenant)).map((each) => each.upload_id));
    for (const { upload_id } of before) {
      if (after.has(upload_id) && !listed.has(upload_id))
        found.push({ kind: "unseen", detail: `upload ${upload_id}, by its owner` });
    }
    for (const id of listed)
      if (!after.has(id)) found.push({ kind: "foreign_tenant", detail: `upload ${id} is listed for another` });
    const completed = before.filter(({ status }) => status === "completed").slice(-view.newest);
    for (const upload of completed) found.push(...(await wrongPage(view, tenant, upload)));
  }
  for (const stranger of view.tenants) {
    const others = [...own].filter(([tenant]) => tenant !== stranger);
    const ids = others.flatMap(([, uploads]) => uploads.slice(-view.newest).map((each) => each.upload_id));
    found.push(...(await seenByStranger(view, stranger, ids)));
  }
  return found;
}

async function readOwn({ database, owners }: Scene, { tenantId }: Tenant): Promise<Own[]> {
  const digests = [...owners].filter(([, owner]) => owner === tenantId).map(([sha256]) => sha256);
  // By whose file it is, and not by what its row says.
  return database.transaction(async (sql) => [
    ...(await sql<Own[]>`
        select upload_id, status, sha256
        from uploads
        where sha256 = any (${`{${digests.join(",")}}`}::text::text[])
          and deleted_at is null
        order by created_at`),
  ]);
}

/** A part that has just come back may refuse a request or two; what it answers afterwards counts. */
async function ask({ url }: View, { headers }: Tenant, path: string, init: RequestInit = {}): Promise<Response> {
  for (let tries = 0; ; tries++) {
    const given = { ...headers, "x-request-id": "view", ...init.headers };
    const answer = await fetch(`${url}/v1/uploads${path}`, { ...init, headers: given }).catch(() => null);
    if (answer !== null && answer.status < 500) return answer;
    if (tries === 100) throw new Error(`${path}: ${answer?.status} ${await answer?.text()}`);
    await answer?.body?.cancel();
    await sleep(100);
  }
}

async function listUploads(view: View, tenant: Tenant): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ""; ; ) {
    const answer = await ask(view, tenant, `?limit=100${cursor}`);
    if (answer.status !== 200) throw new Error(`list: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { data: { upload_id: string }[]; next_cursor: string | null };
    ids.push(...page.data.map((each) => each.upload_id));
    if (page.next_cursor === null) return ids;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

/** Its first results are those of its own file. */
async function wrongPage(view: View, tenant: Tenant, upload: Own): Promise<Violation[]> {
  interface Row {
    readonly row: number;
    readonly customer_id: string;
    readonly churn_probability: number;
  }
  const answer = await ask(view, tenant, `/${upload.upload_id}/predictions?limit=100&order=row`);
  if (answer.status !== 200)
    return [{ kind: "unseen", detail: `results of upload ${upload.upload_id}: ${answer.status}` }];
  const { data } = (await answer.json()) as { data: Row[] };
  const file = view.scene.files.find(({ sha256 }) => sha256 === upload.sha256);
  const expected = [...(file?.rows ?? [])].slice(0, 100).map(([row, text]) => {
    const [customerId, probability] = JSON.parse(text) as [string, number];
    return [row, customerId, probability];
  });
  const seen = data.map((each) => [each.row, each.customer_id, each.churn_probability]);
  if (JSON.stringify(seen) === JSON.stringify(expected)) return [];
  return [{ kind: "foreign_tenant", detail: `upload ${upload.upload_id} shows its owner results of another file` }];
}

/** Each call on another's upload answers, word for word, what it answers on an id that nobody has. */
async function seenByStranger(view: View, stranger: Tenant, ids: readonly string[]): Promise<Violation[]> {
  const looks = calls
    .filter(([method]) => method === "GET" || view.harmless !== true)
    .map(async ([method, path, body]) => {
      const init = { method, ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }) };
      const look = async (id: string): Promise<string> => {
        const answer = await ask(view, stranger, `/${id}${path}`, init);
        return `${answer.status} ${answer.headers.get("content-type")} ${await answer.text()}`;
      };
      const missing = await look(randomUUID());
      if (!missing.startsWith("404 ")) throw new Error(`${method} ${path} of a missing upload answers ${missing}`);
      const seen = await Promise.all(ids.map(async (id) => ({ id, differs: (await look(id)) !== missing })));
      return seen
        .filter(({ differs }) => differs)
        .map(({ id }) => ({ kind: "foreign_tenant" as const, detail: `${method} ${path} tells a stranger of ${id}` }));
    });
  return (await Promise.all(looks)).flat();
}
