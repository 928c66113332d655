/**
 * Keeps ECS from ending this task while it works: scaling in and deployments pass over a protected task. The agent beside every task takes the
 * wish (`PUT $ECS_AGENT_URI/task-protection/v1/state`, Amazon ECS developer guide, "Task scale-in protection endpoint"); the task role needs
 * ecs:UpdateTaskProtection. Protection is a courtesy to the job, not what keeps it safe: a job that is ended all the same is handed back.
 */
import { limits } from "../limits.ts";
import type { Log } from "../telemetry/logger.ts";

export interface TaskProtection {
  /** A job begins: the task is protected until the last one is idle again. Returns at once. */
  busy(): void;
  /** A job has ended. The protection is given back a little later, so that a worker with a full queue does not ask twice a file. */
  idle(): void;
  /** Gives the protection back and waits for that, no longer than two requests may take: one under way, and its own. */
  stop(): Promise<void>;
}

export interface TaskProtectionOptions {
  /** `ECS_AGENT_URI`; null elsewhere than on ECS, where this does nothing. */
  readonly agent: string | null;
  readonly log: Log;
  /** How long a protection holds that nobody renews, whole minutes: 1 to 2,880. */
  readonly expiresMinutes?: number;
  /** Between two renewals. */
  readonly refreshSeconds?: number;
  /** From the end of the last job to giving the protection back. */
  readonly idleSeconds?: number;
  readonly requestMilliseconds?: number;
}

export function createTaskProtection(options: TaskProtectionOptions): TaskProtection {
  const { agent, log } = options;
  const expiresMinutes = options.expiresMinutes ?? limits.protectionMinutes;
  const refreshSeconds = options.refreshSeconds ?? limits.protectionRefreshSeconds;
  const idleSeconds = options.idleSeconds ?? limits.protectionIdleSeconds;
  const requestMilliseconds = options.requestMilliseconds ?? limits.agentRequestMilliseconds;
  if (agent === null) return { busy: nothing, idle: nothing, stop: async () => undefined };
  const address = `${agent.replace(/\/$/, "")}/task-protection/v1/state`;

  let jobs = 0;
  /** What the agent was last told and took; null when it is not known. */
  let told: boolean | null = false;
  let working = true;
  let stopped = false;
  let refresh: ReturnType<typeof setInterval> | undefined;
  let release: ReturnType<typeof setTimeout> | undefined;
  /** Wishes reach the agent one after another, or an old one could overtake a new one. */
  let last: Promise<void> = Promise.resolve();

  async function tell(renew: boolean): Promise<void> {
    const wanted = jobs > 0 && !stopped;
    if (told === wanted && !(renew && wanted)) return;
    try {
      await put(wanted);
      told = wanted;
      if (!working) log("task_protection.works_again");
      working = true;
    } catch (error) {
      // It may have been taken and only the answer lost.
      told = null;
      // The agent's own words, which know nothing of a customer.
      if (working) log("task_protection.failed", { wanted, reason: String(error) });
      working = false;
    }
  }

  async function put(wanted: boolean): Promise<void> {
    const response = await fetch(address, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(
        wanted ? { ProtectionEnabled: true, ExpiresInMinutes: expiresMinutes } : { ProtectionEnabled: false },
      ),
      signal: AbortSignal.timeout(requestMilliseconds),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`the agent answered ${response.status}: ${reasonOf(answer)}`);
    // The agent hands on what ECS could not do with a status of 200.
    const reason = failureOf(answer);
    if (reason !== null) throw new Error(`ECS did not take it: ${reason}`);
  }

  function next(renew: boolean): void {
    last = last.then(() => tell(renew));
  }

  return {
    busy() {
      if (jobs++ > 0 || stopped) return;
      clearTimeout(release);
      next(false);
      refresh = setInterval(() => next(true), refreshSeconds * 1_000);
    },
    idle() {
      if (jobs === 0 || --jobs > 0 || stopped) return;
      clearInterval(refresh);
      release = setTimeout(() => next(false), idleSeconds * 1_000);
    },
    async stop() {
      stopped = true;
      clearInterval(refresh);
      clearTimeout(release);
      next(false);
      await last;
    },
  };
}

const nothing = (): void => undefined;

/** The reason in `{"failure": {"Reason"}}` or `{"error": {"Code", "Message"}}`; null of `{"protection": {…}}`. */
function failureOf(answer: string): string | null {
  const parsed = parse(answer);
  if (!isRecord(parsed)) return "the answer is not JSON";
  const failure: unknown = isRecord(parsed["failure"]) ? parsed["failure"] : parsed["error"];
  return isRecord(failure) ? text(failure["Reason"] ?? failure["Message"] ?? failure["Code"]) : null;
}

/** The agent's words hold ids of AWS and nothing of a customer. */
function reasonOf(answer: string): string {
  const parsed = parse(answer);
  const error = isRecord(parsed) ? parsed["error"] : null;
  return isRecord(error) ? text(error["Code"] ?? error["Message"]) : "no reason given";
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, 200) : "no reason given");
