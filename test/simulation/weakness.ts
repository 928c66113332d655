/** A world can be built with one mistake in it. The simulation must notice each: otherwise it would prove nothing. */
export const weaknesses = [
  "a claim ignores that another attempt is alive",
  "a claim removes results although it has lost the upload",
  "a claim forgets an upload that is let go meanwhile",
  "results are saved without the token",
  "an upload completes without the token",
  "giving up ignores the status",
  "the relay forgets before it sends",
  "a message is deleted when it is received",
  "a job's message is deleted whatever its outcome",
  "an answer queues no message",
  "a bury leaves the attempt able to write",
] as const;

export type Weakness = (typeof weaknesses)[number];
