/** The whole service in this process with keys and tokens, and people of two tenants. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Administration, openAdministration } from "../../src/administration.ts";
import { startService } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { audience, createIdentityProvider, type IdentityProvider, issuer } from "./identity-provider.ts";

export interface RunningIdentity {
  readonly url: string;
  readonly home: string;
  readonly log: readonly string[];
  readonly provider: IdentityProvider;
  readonly operator: Administration;
  readonly owner: Person;
  readonly stranger: Person;
  stop(): Promise<void>;
}

export interface Person {
  readonly tenantId: string;
  readonly key: string;
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Uploads a CSV and waits until it has ended, or asks. */
  upload(csv: string, headers?: Readonly<Record<string, string>>): Promise<{ upload_id: string; status: string }>;
}

export async function startWithIdentity(more: Readonly<Record<string, string>> = {}): Promise<RunningIdentity> {
  const home = await mkdtemp(join(tmpdir(), "retainwise-test-"));
  const provider = await createIdentityProvider();
  const keyFile = join(home, "provider.json");
  await writeFile(keyFile, JSON.stringify(provider.keySet));
  const config = readConfig({
    RETAINWISE_HOME: home,
    RETAINWISE_AUTH: "keys,jwt",
    RETAINWISE_JWT_ISSUER: issuer,
    RETAINWISE_JWT_AUDIENCE: audience,
    RETAINWISE_JWT_KEYS: keyFile,
    RETAINWISE_REQUESTS_PER_MINUTE: "100000",
    PORT: "0",
    ...more,
  });
  const log: string[] = [];
  const service = await startService("serve", config, (line) => log.push(line));
  const operator = await openAdministration(config);
  const person = async (name: string): Promise<Person> => {
    const tenantId = await operator.createTenant(name);
    const { key } = await operator.createKey(tenantId, name, null);
    return personWith(service.url, tenantId, key);
  };
  const [owner, stranger] = [await person("owner"), await person("stranger")];
  return {
    url: service.url,
    home,
    log,
    provider,
    operator,
    owner,
    stranger,
    async stop() {
      await operator.stop();
      await service.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export function personWith(url: string, tenantId: string, key: string): Person {
  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url + path, { redirect: "manual", ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
  return {
    tenantId,
    key,
    call,
    async upload(csv, headers = {}) {
      const made = await call("/v1/uploads", {
        method: "POST",
        body: csv,
        headers: { "content-type": "text/csv", ...headers },
      });
      if (made.status !== 202) throw new Error(`${made.status}: ${await made.text()}`);
      const { upload_id } = (await made.json()) as { upload_id: string };
      for (;;) {
        const answer = (await (await call(`/v1/uploads/${upload_id}`)).json()) as { upload_id: string; status: string };
        if (!["pending", "processing"].includes(answer.status)) return answer;
        await sleep(50);
      }
    },
  };
}

/** Made customers that the telecom model scores. */
export const customersCsv = `customer_id,tenure_months,monthly_charges,contract\n${Array.from(
  { length: 12 },
  (_, i) => `C-${i},${i * 5},${20 + i * 7}.5,${["Month-to-month", "One year", "Two year"][i % 3]}`,
).join("\n")}\n`;
