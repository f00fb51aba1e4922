import type { Words } from "@/lib/words";

/** The hub could not be reached, or what answered was not the hub. */
export const UNREACHABLE = 0;

/** A refusal by the server, with its own words in both languages. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly key: string,
    readonly words: Words | null,
    readonly field: string | null = null,
  ) {
    super(key);
    this.name = "ApiError";
  }

  /** Whether the hub is away, rather than saying no. */
  get isOutage(): boolean {
    return this.status === UNREACHABLE || this.status === 502 || this.status === 504;
  }
}

/** The error in an answer's body; without words where the body is not the hub's. */
export function toApiError(status: number, body: unknown): ApiError {
  const detail = detailOf(body);
  if (!detail) return new ApiError(status, `http_${status}`, null);
  const field = typeof detail["field"] === "string" ? detail["field"] : null;
  const words = { en: String(detail["en"]), es: String(detail["es"]) };
  return new ApiError(status, String(detail["key"]), words, field);
}

function detailOf(body: unknown): Record<string, unknown> | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const { error } = body;
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : null;
}

/** Whether somebody else changed the thing since it was looked at. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.key === "changed_meanwhile";
}
