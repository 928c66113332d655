/** The contract of a queue: SQS's semantics, which the embedded queue keeps too. Delivery is at least once. */
export interface Queue {
  /** Puts a message on the queue; it is visible after `delaySeconds`. */
  sendMessage(body: string, options?: { delaySeconds?: number }): Promise<void>;
  /**
   * Takes up to `maxMessages` (1…10) visible messages, waiting up to `waitSeconds` (0…20) for the first; each stays invisible for
   * `visibilityTimeoutSeconds`. A message received more than `maxReceiveCount` times goes to the dead letters instead.
   * An aborted wait resolves to [].
   */
  receiveMessages(options: { maxMessages: number; waitSeconds: number; signal?: AbortSignal }): Promise<Message[]>;
  /** Makes the message invisible for `seconds` from now; 0 gives it back at once. False when the receipt is stale. */
  changeMessageVisibility(receiptHandle: string, seconds: number): Promise<boolean>;
  /** Deletes a received message. A stale receipt deletes nothing and is no error. */
  deleteMessage(receiptHandle: string): Promise<void>;
  /** Approximate numbers, for people and alarms. */
  depth(): Promise<QueueDepth>;
  /** Dead letters, oldest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Moves dead letters (all, or those whose ids are given) back to the queue with a fresh receive count; answers how many. */
  redrive(ids?: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly approximateReceiveCount: number;
  /** When it was first sent. */
  readonly sentAt: Date;
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly dead: number;
  /** Age of the oldest message that is not dead, 0 when there is none; null where the queue cannot say: SQS tells CloudWatch only. */
  readonly oldestSeconds: number | null;
}

export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  readonly approximateReceiveCount: number;
  readonly sentAt: Date;
  /** When it was given up; null where the queue cannot say: SQS does not. */
  readonly deadAt: Date | null;
}
