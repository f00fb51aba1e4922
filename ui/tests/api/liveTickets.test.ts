import { afterEach, expect, it, vi } from "vitest";

import { ApiError } from "@/api/errors";
import { liveTicket } from "@/api/liveTickets";

const refusal = { status: 404, key: "no_such_camera", en: "It is gone.", es: "Ya no está." };

function answering(...answers: { status: number; body: unknown }[]) {
  const asked: unknown[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(await request.json());
    const { status, body } = answers[asked.length - 1] ?? { status: 500, body: null };
    return new Response(JSON.stringify(body), {
      status,
      headers: { "Content-Type": "application/json" },
    });
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it("asks once for all that is wished for at once, and tells each its own answer", async () => {
  const tickets = [
    { ticket: "one", refusal: null },
    { ticket: null, refusal },
  ];
  const asked = answering({ status: 200, body: { tickets, expires_at: "" } });
  const wished = [liveTicket("a"), liveTicket("b", "sub")];
  const [first, second] = await Promise.allSettled(wished);
  expect(first).toEqual({ status: "fulfilled", value: "one" });
  expect(second?.status).toBe("rejected");
  const error = (second as PromiseRejectedResult).reason as ApiError;
  expect([error.status, error.key, error.words?.es]).toEqual([404, refusal.key, refusal.es]);
  expect(asked).toEqual([
    { wishes: [{ camera_id: "a", stream: "main" }, { camera_id: "b", stream: "sub" }] },
  ]);
});

it("tells all who wished of a refusal of the whole call, and asks anew the next time", async () => {
  const whole = { error: { key: "not_signed_in", field: null, en: "Sign in.", es: "Entre." } };
  const good = { tickets: [{ ticket: "two", refusal: null }], expires_at: "" };
  const asked = answering({ status: 401, body: whole }, { status: 200, body: good });
  const refused = await Promise.allSettled([liveTicket("a"), liveTicket("b")]);
  expect(refused.map((each) => each.status)).toEqual(["rejected", "rejected"]);
  expect(await liveTicket("a")).toBe("two");
  expect(asked).toHaveLength(2);
});
