/**
 * A streamed answer. The next piece is made when the client has taken the last, so memory does not grow with the answer. When a piece fails
 * the connection is cut: the client must not take half an answer for the whole. When the client leaves, the source is ended.
 */
export function streamBody(
  pieces: AsyncIterator<string>,
  on: { readonly failed: (error: unknown) => void; readonly left?: () => void },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const piece = await pieces.next();
          if (piece.done === true) controller.close();
          else controller.enqueue(encoder.encode(piece.value));
        } catch (error) {
          on.failed(error);
          // The runtime prints this one, so nothing of the cause is in it.
          controller.error(new Error("The answer was cut off."));
        }
      },
      async cancel() {
        on.left?.();
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The same pieces with the first one made at once: what fails there can still be answered with a problem document. */
export async function startPieces(pieces: AsyncIterator<string>): Promise<AsyncIterator<string>> {
  let first: IteratorResult<string> | null = await pieces.next();
  return {
    next: () => {
      const result = first;
      first = null;
      return result === null ? pieces.next() : Promise.resolve(result);
    },
    return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
  };
}
