/** Postgres cannot hold U+0000 in a text; in a customer's cell it becomes U+FFFD, which a person sees. Lone surrogates do so on the wire. */
export function storableText(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text;
}
