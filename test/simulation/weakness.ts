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
  "an upload keeps its note",
  "nobody looks for lost messages",
] as const;

/** What shows where many deliveries of one message meet: looked for where each is delivered five times at once. */
export const crowdWeaknesses = ["a refused claim counts as a strike"] as const;

/**
 * Looking for lost messages mends what most of these break, an hour later. So nobody looks in such a world, no message is lost by the queue, and
 * an upload may wait beside its dead letter until an operator puts that back; the last of them is that nobody looks, and all else as ever.
 */
export const isMendedByNobody = (weakness: Weakness | null): boolean =>
  weakness !== null && weakness !== "nobody looks for lost messages";

export type Weakness = (typeof weaknesses)[number] | (typeof crowdWeaknesses)[number];
