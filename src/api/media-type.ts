/** The media type of a header in lower case without its parameters; "" when there is none. */
export function mediaTypeOf(request: Request): string {
  const header = request.headers.get("content-type") ?? "";
  return header.split(";", 1)[0]!.trim().toLowerCase();
}
