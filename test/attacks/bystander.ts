/** The other tenant: has a file scored before the attacks, and finds everything as it was after them. */
import { setTimeout as sleep } from "node:timers/promises";
import { makeCustomers } from "../../bench/customers.ts";
import { settled } from "../front-door/service.ts";
import { secret } from "./judge.ts";
import type { Target } from "./target.ts";

export interface Bystander {
  /** Everything that can be read of the upload, as text. */
  look(): Promise<string>;
  /** Asks for its upload again and again, and collects how that went. */
  watch(): { stop(): Promise<{ readonly statuses: readonly number[]; readonly slowestMilliseconds: number }> };
}

export async function createBystander(target: Target): Promise<Bystander> {
  const { authorization } = target.victim;
  const call = (path: string, init: RequestInit = {}) =>
    fetch(target.url + path, { ...init, headers: { authorization, "content-type": "text/csv" } });
  const customers = Array.from(
    makeCustomers(40, 3),
    (cells) => `${secret}-${cells[0]},${cells[5]},${cells[18]},${cells[15]}`,
  );
  const body = ["customer_id,tenure_months,monthly_charges,contract", ...customers, ""].join("\n");
  const made = await call(`/v1/uploads?filename=${secret}.csv`, { method: "POST", body });
  const { upload_id } = (await made.json()) as { upload_id: string };
  const { status } = await settled({ url: target.url, headers: { authorization } }, upload_id);
  if (status !== "completed") throw new Error(`the bystander's file is ${status}`);
  const pages = ["", "/predictions?limit=1000", "/predictions.csv", "/summary", "/changes"];

  return {
    async look() {
      const texts = [...pages.map((page) => `/v1/uploads/${upload_id}${page}`), "/v1/uploads"].map(async (path) =>
        (await call(path)).text(),
      );
      return (await Promise.all(texts)).join("\n");
    },
    watch() {
      const statuses: number[] = [];
      let slowestMilliseconds = 0;
      let on = true;
      const watching = (async () => {
        while (on) {
          const askedAt = performance.now();
          const response = await call(`/v1/uploads/${upload_id}`);
          await response.text();
          statuses.push(response.status);
          slowestMilliseconds = Math.max(slowestMilliseconds, performance.now() - askedAt);
          await sleep(50);
        }
      })();
      return {
        async stop() {
          on = false;
          await watching;
          return { statuses, slowestMilliseconds };
        },
      };
    },
  };
}
