/** The whole service on the embedded default, as `serve` starts it, in a folder of its own. */
import { join } from "node:path";
import { temporaryFolder } from "../front-door/cli.ts";
import { type RunningService, settled, startService, type UploadAnswer, upload } from "../front-door/service.ts";

export interface RunningSite extends RunningService {
  /** RETAINWISE_HOME. */
  readonly home: string;
  /** The page as text, with its status. */
  page(
    path: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; text: string; headers: Headers }>;
  /** Sends a CSV and waits for its end, or its question. */
  score(csv: string | Uint8Array, query?: string): Promise<UploadAnswer>;
  json<Answer>(path: string): Promise<Answer>;
  end(): Promise<void>;
}

export async function startSite(environment: Readonly<Record<string, string>> = {}): Promise<RunningSite> {
  const folder = temporaryFolder();
  const home = join(folder.path, "home");
  const service = await startService(home, environment);
  return {
    ...service,
    home,
    async page(path, headers = {}) {
      const response = await fetch(service.url + path, {
        headers: { accept: "text/html", ...headers },
        redirect: "manual",
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    async score(csv, query = "") {
      const response = await upload(service, csv, query);
      if (response.status !== 202) throw new Error(await response.text());
      const { upload_id } = (await response.json()) as UploadAnswer;
      return settled(service, upload_id);
    },
    json: async (path) => (await fetch(service.url + path)).json(),
    async end() {
      await service.stop();
      folder.remove();
    },
  };
}

const header = "customer_id,tenure_months,monthly_charges,contract";

/** Made-up customers, all of them right. */
export function customersCsv(count: number, first = 1): string {
  const contracts = ["Month-to-month", "One year", "Two year"];
  const rows = Array.from({ length: count }, (_, i) => {
    const n = first + i;
    return `C-${n},${(n * 7) % 72},${(20 + ((n * 13) % 90) + 0.5).toFixed(2)},${contracts[n % 3]}`;
  });
  return `${[header, ...rows].join("\n")}\n`;
}
