/** The key by which front refuses one view too many of a site elsewhere. */
export const TOO_MANY_RELAYS = "too_many_relays" as const;

/** The key in the body of a refusal, `{"error": {"key", …}}`; null where it is none. */
export function refusalKey(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const { error } = body;
  if (typeof error !== "object" || error === null || !("key" in error)) return null;
  return typeof error.key === "string" ? error.key : null;
}
