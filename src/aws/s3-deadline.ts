/** A deadline for the body of an answer: the SDK's own ends with the headers, and a server that stalls after them would hang a call for ever. */
import type { Readable } from "node:stream";
import type { NodeHttpHandler } from "@smithy/node-http-handler";

type Handle = NodeHttpHandler["handle"];
type Handler = Pick<
  NodeHttpHandler,
  "metadata" | "handle" | "destroy" | "httpHandlerConfigs" | "updateHttpClientConfig"
>;

/**
 * The same handler, whose every attempt ends within `milliseconds` from its beginning to the last byte of its answer. For requests of bounded
 * size only: a body that is read slowly is cut off too. The error is a `TimeoutError`, which the SDK tries again.
 */
export function withBodyDeadline(handler: NodeHttpHandler, milliseconds: number): Handler {
  const handle: Handle = async (request, options) => {
    const started = performance.now();
    const answer = await handler.handle(request, options);
    const body: Readable = answer.response.body;
    const left = (options?.requestTimeout ?? milliseconds) - (performance.now() - started);
    const timer = setTimeout(() => body.destroy(tooLate()), Math.max(1, left));
    for (const event of ["end", "error", "close"]) body.once(event, () => clearTimeout(timer));
    return answer;
  };
  return {
    metadata: handler.metadata,
    handle,
    destroy: () => handler.destroy(),
    httpHandlerConfigs: () => handler.httpHandlerConfigs(),
    updateHttpClientConfig: (key, value) => handler.updateHttpClientConfig(key, value),
  };
}

function tooLate(): Error {
  return Object.assign(new Error("The answer's body did not end within its deadline."), { name: "TimeoutError" });
}
