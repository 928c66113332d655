/** Carries an attack out and says what is wrong with what became of it. */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { ProblemDocument } from "../../src/api/problem.ts";
import { errorKinds } from "../../src/error-kinds.ts";
import { repository } from "../parts.ts";
import type { Attack, Outcome, RuntimeName } from "./attack.ts";
import { type Answer, type Conversation, converse, finalAnswers } from "./conversation.ts";
import type { Target, Traces } from "./target.ts";

/** Until when an answer or the end of the connection is there, on a busy machine; most take some milliseconds. */
const answerMilliseconds = 20_000;
/** An attacker who must be waited for hangs up after this. */
const patienceMilliseconds = 500;
/** Until when nothing is left of what an attacker has abandoned. */
const cleanMilliseconds = 10_000;

/** A file whose answer was lost is stored by then, or never. */
const lostMilliseconds = 2_000;

/** Words that only the victim's data hold. */
export const secret = "victim-of-nobody";

/** An empty list where nothing is wrong. */
export async function judge(target: Target, attack: Attack): Promise<string[]> {
  const before = await target.traces();
  const allowed = [...(attack.may ?? ["refused"]), ...(attack.on?.[nameOf(target)] ?? [])];
  const conversation = await converse(target.url, attack.pieces(target.authorization), {
    answers: attack.answers ?? 1,
    milliseconds: allowed.includes("waits") ? patienceMilliseconds : answerMilliseconds,
  });
  const outcome = outcomeOf(conversation);
  const lost = allowed.includes("lost") && outcome === "refused";
  const wrong =
    lost || allowed.some((each) => each === outcome) ? [] : [`it is ${outcome}, not ${allowed.join(" or ")}`];
  wrong.push(...outOfOrder(target, attack, conversation));
  for (const answer of conversation.answers) wrong.push(...faultsOf(answer), ...leaksOf(target, answer));
  const due = (stored: number) => ({ uploads: before.uploads + stored, files: before.files + stored });
  const nothing = due(outcome === "accepted" ? 1 : 0);
  const left = lost
    ? (await tracesSettled(target, due(1), lostMilliseconds)) && (await tracesSettled(target, nothing))
    : await tracesSettled(target, nothing);
  if (left !== null) wrong.push(`there are ${JSON.stringify(left)}, not ${JSON.stringify(nothing)}`);
  const life = await fetch(`${target.url}/livez`, { signal: AbortSignal.timeout(answerMilliseconds) }).catch(String);
  if (typeof life === "string" || life.status !== 200) wrong.push(`afterwards nobody answers: ${life}`);
  else await life.text();
  const said = conversation.answers.map(({ status, body }) => `${status} ${body.slice(0, 200)}`).join(" · ");
  return wrong.map((what) => `${target.runtime}, ${attack.name}: ${what} (${said.slice(0, 500)})`);
}

const nameOf = (target: Target): RuntimeName =>
  target.runtime.startsWith("Node") ? "Node" : target.runtime === "Deno" ? "Deno" : "Bun";

function outcomeOf({ answers, hung }: Conversation): Outcome | `${number}` {
  const final = finalAnswers(answers);
  if (hung && final.length === 0) return "waits";
  const [first] = final;
  if (first === undefined || (first.status >= 400 && first.status < 500)) return "refused";
  if (first.status === 505 && first.body === "") return "version";
  if (first.status === 202) return "accepted";
  return first.status < 300 ? "served" : `${first.status}`;
}

function outOfOrder(target: Target, { answers: due, endsEarly }: Attack, { answers }: Conversation): string[] {
  if (due === undefined) return [];
  const ids = finalAnswers(answers).map(({ headers }) => headers.get("x-request-id"));
  const all = ids.length === due || (endsEarly?.includes(nameOf(target)) ?? false);
  return all && ids.every((id, i) => id === `request-${i}`) ? [] : [`the ${due} answers are ${ids.join()}`];
}

/** A refusal of ours is a problem document; one of the runtime's own server says nothing at all. */
function faultsOf({ status, headers, body }: Answer): string[] {
  if (status < 400 || (body === "" && !headers.has("x-request-id"))) return [];
  try {
    const problem = v.parse(ProblemDocument, JSON.parse(body));
    if (problem.status === status && Object.hasOwn(errorKinds, problem.code)) return [];
  } catch {
    // Said below.
  }
  return [`${status} comes without a problem document`];
}

/** What no answer may hold: the machine's paths, the sources, a stack, another tenant's data. */
export function leaksOf(target: Target, { headers, body }: Pick<Answer, "headers" | "body">): string[] {
  const text = `${[...headers].join("\n")}\n${body}`;
  const secrets = [target.home, repository, "node_modules", "$bunfs", ".ts:", "\n    at ", "root:x:0", secret];
  return secrets.filter((each) => text.includes(each)).map((each) => `the answer holds ${JSON.stringify(each)}`);
}

/** Null as soon as the traces are those that are due; what there is when they do not come to be. */
async function tracesSettled(target: Target, due: Traces, milliseconds = cleanMilliseconds): Promise<Traces | null> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const found = await target.traces();
    if (found.uploads === due.uploads && found.files === due.files) return null;
    if (performance.now() > until) return found;
    await sleep(20);
  }
}
