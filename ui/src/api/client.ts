import createClient, { type Middleware } from "openapi-fetch";

import { ApiError, toApiError, UNREACHABLE } from "./errors";
import type { paths } from "./schema";
import type { Whole } from "./types";

/** Django's CSRF token; the hub sets the cookie with the first answer to `GET session`. */
function csrfToken(): string {
  const found = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return decodeURIComponent(found?.[1] ?? "");
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRFToken", csrfToken());
    return request;
  },
};

export const client = createClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests can put a server in its place.
  fetch: (request) => fetch(request),
});
client.use(csrf);

interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The answer's body, which holds every field. Raises ApiError for every refusal and for a hub that is away. */
export async function unwrap<Data>(call: Promise<Result<Data>>): Promise<Whole<Data>> {
  let result: Result<Data>;
  try {
    result = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(UNREACHABLE, "unreachable", null);
  }
  if (!result.response.ok) throw toApiError(result.response.status, result.error);
  return result.data as Whole<Data>;
}
