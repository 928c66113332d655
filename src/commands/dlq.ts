/** `dlq list` and `dlq redrive`: messages that were given up, and a second chance for them. */
import { administer } from "./administer.ts";
import type { CommandContext } from "./context.ts";

/** One line a dead letter: what an operator needs to decide, nothing of the customer's. */
export async function listDeadLetters(context: CommandContext): Promise<void> {
  await administer(context, async (operator) => {
    const dead = await operator.deadJobs();
    const lines = dead.map(({ messageId, uploadId, code, receives, deadAt }) =>
      [
        deadAt?.toISOString() ?? "-",
        messageId,
        uploadId ?? "not one of ours",
        code ?? "-",
        `${receives} receives`,
      ].join("  "),
    );
    context.stdout.write(lines.map((line) => `${line}\n`).join(""));
    context.stderr.write(`${dead.length} dead ${dead.length === 1 ? "letter" : "letters"}\n`);
  });
}

/** `code` null: all of them. */
export async function redriveDeadLetters(context: CommandContext, code: string | null): Promise<void> {
  await administer(context, async (operator) => {
    const moved = await operator.redrive(code);
    context.stderr.write(`${moved} ${moved === 1 ? "message" : "messages"} back on the queue\n`);
  });
}
