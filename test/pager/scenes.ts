/** What can happen to the service: a day without trouble, and one real fault for each alarm that the service itself can cause. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { run } from "../front-door/cli.ts";
import { readTable } from "../front-door/csv-table.ts";
import { settled, upload } from "../front-door/service.ts";
import type { Place } from "./stage.ts";

export type SceneName =
  | "healthy"
  | "quiet"
  | "jobs fail"
  | "a message is dead"
  | "storage fails"
  | "one upload fails"
  | "files of every size"
  | "database fails"
  | "the model is unsure"
  | "a model is refused"
  | "the canary fails"
  | "no worker"
  | "customers are others"
  | "telemetry is lost";

/** Each ends with the service as it was before. */
export const scenes: Readonly<Record<SceneName, (stage: Place) => Promise<void>>> = {
  async healthy(stage) {
    await scored(stage, likeTheTraining(stage.models));
    // What customers do wrong is nobody's alarm.
    for (const wrong of ["", "a\n", "not,a\nknown,column\n"]) await upload(api(stage), wrong);
    await stage.seen("WorkerSuccess");
    await stage.seen("CSVRowCount");
  },

  async quiet() {
    await sleep(1_000);
  },

  async "jobs fail"(stage) {
    const { rig } = stage;
    const files = join(rig.folder, "files");
    const worker = rig.part("worker").service.process;
    worker.kill("SIGSTOP");
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await accepted(stage, fileOf(makeCustomers(20, 60 + i))));
    const giveBack = takeAway(files);
    worker.kill("SIGCONT");
    await stage.seen("WorkerFailure");
    await stage.seen("JobRetried");
    giveBack();
    for (const id of ids) await fetch(`${api(stage).url}/v1/uploads/${id}`, { method: "DELETE" });
  },

  async "a message is dead"(stage) {
    await stage.rig.database.transaction(
      (sql) => sql`insert into messages (body, receive_count) values ('{"version":1}', 4)`,
    );
    await stage.seen("JobDeadLettered");
    await stage.rig.database.transaction((sql) => sql`delete from messages`);
  },

  async "storage fails"(stage) {
    const giveBack = takeAway(join(stage.rig.folder, "files"));
    for (let i = 0; i < 25; i++) await refused(stage, "storage_unavailable");
    giveBack();
  },

  async "one upload fails"(stage) {
    const giveBack = takeAway(join(stage.rig.folder, "files"));
    await refused(stage, "storage_unavailable");
    giveBack();
  },

  async "files of every size"(stage) {
    const [header = "", ...rows] = fileOf(makeCustomers(1_000, 8)).split("\n");
    for (const megabytes of [2, 7, 20, 60]) {
      const body = `${rows.join("\n")}\n`;
      const csv = `${header}\n${body.repeat(Math.ceil((megabytes * 1e6) / body.length))}`;
      const id = await accepted(stage, csv);
      await fetch(`${api(stage).url}/v1/uploads/${id}`, { method: "DELETE" });
    }
  },

  async "database fails"(stage) {
    const { proxy } = stage.rig.part("api");
    await proxy.set("refuse");
    for (let i = 0; i < 6; i++) await refused(stage, "database_unavailable");
    await proxy.set("pass");
    await ready(stage);
  },

  async "the model is unsure"(stage) {
    await scored(stage, await unsureCustomers(stage.rig.folder));
  },

  async "a model is refused"(stage) {
    const [version = ""] = versionsOf(stage.models);
    const tampered = join(stage.models, "telecom", "9.0.0");
    mkdirSync(tampered);
    cpSync(join(stage.models, "telecom", version), tampered, { recursive: true });
    truncateSync(join(tampered, "model.onnx"), 1_000);
    stage.rig.part("worker").service.process.kill("SIGHUP");
    await stage.seen("ModelLoadFailure");
    rmSync(tampered, { recursive: true });
  },

  /** A model that answers a hundredth too high, as far as anybody outside can tell. */
  async "the canary fails"(stage) {
    const { database } = stage.rig;
    await database.transaction((sql) =>
      sql.unsafe(`
        create function tamper() returns trigger language plpgsql as
          $$ begin new.probability := least(1, new.probability + 0.01); return new; end $$;
        create trigger tamper before insert on predictions for each row execute function tamper()`),
    );
    const { service } = await stage.rig.start("canary", "api", { RETAINWISE_CANARY_SECONDS: "3600" });
    await stage.seen("CanaryFailure");
    await service.stop();
    await database.transaction((sql) => sql.unsafe("drop trigger tamper on predictions; drop function tamper"));
  },

  /** Begins when its last words have been exported. */
  async "no worker"() {
    await sleep(1_000);
  },

  async "customers are others"(stage) {
    const tenure = customerHeader.indexOf("tenure");
    const contract = customerHeader.indexOf("Contract");
    const others = [...makeCustomers(600, 5)].map((cells) => cells.with(tenure, "70").with(contract, "Two year"));
    await scored(stage, fileOf(others));
  },

  async "telemetry is lost"(stage) {
    await stage.telemetry.set({ answer: 400 });
    await scored(stage, fileOf(makeCustomers(20, 70)));
    await sleep(1_500);
    await stage.telemetry.set("pass");
    await stage.seen("TelemetryDropped");
  },
};

const api = (stage: Place) => stage.rig.part("api").service;

/** The model's own synthetic background, three times over: enough customers for drift to be looked at. */
function likeTheTraining(models: string): string {
  const [version = ""] = versionsOf(models);
  const [header, ...rows] = readFileSync(join(models, "telecom", version, "background.csv"), "utf8")
    .trim()
    .split("\n");
  return [header, ...rows, ...rows, ...rows].join("\n");
}

/** Some customers are near the middle; a file of them alone is what a model sees that does not know its customers. */
async function unsureCustomers(folder: string): Promise<string> {
  const csv = fileOf(makeCustomers(3_000, 9));
  const path = join(folder, "customers.csv");
  writeFileSync(path, csv);
  const { code, stdout, stderr } = await run(["score", path]);
  if (code !== 0) throw new Error(stderr);
  const lines = csv.split("\n");
  const middle = readTable(stdout).rows.flatMap((row, i) =>
    Math.abs(Number(row.get("churn_probability")) - 0.5) < 0.12 ? [lines[i + 1]] : [],
  );
  return [lines[0], ...middle].join("\n");
}

/** A file stands where the storage's folder was: nothing can be read or made below it. */
function takeAway(folder: string): () => void {
  renameSync(folder, `${folder}-away`);
  writeFileSync(folder, "");
  return () => {
    rmSync(folder);
    renameSync(`${folder}-away`, folder);
  };
}

const fileOf = (customers: Iterable<readonly string[]>): string =>
  [customerHeader.join(), ...[...customers].map((cells) => cells.join())].join("\n");

async function accepted(stage: Place, csv: string): Promise<string> {
  const response = await upload(api(stage), csv);
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
  return ((await response.json()) as { upload_id: string }).upload_id;
}

async function scored(stage: Place, csv: string): Promise<string> {
  const id = await accepted(stage, csv);
  const { status, error } = await settled(api(stage), id);
  if (status !== "completed") throw new Error(`an upload ended as ${status}: ${error?.code}`);
  return id;
}

async function refused(stage: Place, code: string): Promise<void> {
  const response = await upload(api(stage), fileOf(makeCustomers(3, 1)));
  const problem = (await response.json()) as { code: string };
  if (response.status !== 503 || problem.code !== code) throw new Error(`${response.status} ${problem.code}`);
}

async function ready(stage: Place): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(`${api(stage).url}/readyz`)).ok) return;
    await sleep(50);
  }
  throw new Error("the service does not get ready again");
}

const versionsOf = (models: string): string[] => readdirSync(join(models, "telecom")).toSorted();
