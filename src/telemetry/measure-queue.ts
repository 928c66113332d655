/** The queue, measured: what is put on it. */
import type { Queue } from "../queue/queue.ts";
import type { queueTypes } from "./catalogue.ts";
import type { Metrics } from "./metrics.ts";

export function measureQueue(queue: Queue, QueueType: (typeof queueTypes)[number], { api }: Metrics): Queue {
  return {
    ...queue,
    async sendMessage(body, options) {
      try {
        await queue.sendMessage(body, options);
        api.count("SQSMessageSent", { QueueType });
      } catch (error) {
        api.count("SQSMessageFailure", { QueueType });
        throw error;
      }
    },
  };
}
