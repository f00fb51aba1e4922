import { vi } from "vitest";

export type Answer = [status: number, body?: unknown, headers?: Record<string, string>];

/** A person who may do all, unless the test says who else is there. */
export const ADMIN: Answer = [
  200,
  {
    user: {
      id: 1,
      username: "admin",
      is_admin: true,
      role: "administrator",
      rights: ["view", "operate", "manage"],
    },
    version: "0.2.0",
    is_demo: false,
  },
];

/** The same for others. */
export function someoneWith(...rights: string[]): Answer {
  const user = { id: 2, username: "ana", is_admin: false, role: "operator", rights };
  return [200, { user, version: "0.2.0", is_demo: false }];
}

const ALWAYS: Record<string, Answer> = {
  "GET /api/v1/session": ADMIN,
  "GET /api/v1/groups": [200, []],
};

/** Answers the UI's calls from a table of `METHOD path`; keeps what was sent. */
export function serve(answers: Record<string, Answer | (() => Answer)>) {
  const sent: { call: string; body: unknown; headers: Headers }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const call = `${request.method} ${new URL(request.url).pathname}`;
    const text = await request.text();
    sent.push({ call, body: text === "" ? null : JSON.parse(text), headers: request.headers });
    const answer = answers[call] ?? ALWAYS[call];
    if (!answer) throw new TypeError(`no answer for ${call}`);
    const [status, body, headers] = typeof answer === "function" ? answer() : answer;
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { "Content-Type": "application/json", ...headers },
    });
  });
  return sent;
}

/** The one site of the tests, as an answer. */
export const SITES: Answer = [200, [{ id: 1, name: "Colegio San Martín", time_zone: "Europe/Madrid" }]];

/** A camera as the hub describes it. */
export function aCamera({ status, ...changes }: Partial<Record<string, unknown>> & { status?: object } = {}) {
  return {
    id: "ca3e0000-0000-4000-8000-000000000001",
    name: "Entrance",
    site_id: 1,
    address: "rtsp://192.0.2.10:554/Streaming/Channels/101",
    username: "operator",
    has_password: true,
    engine: null,
    transport: null,
    records_sound: null,
    sub_address: "",
    standby_node_id: null,
    profile: null,
    pause: null,
    manual: null,
    lease: null,
    group_ids: [],
    budget_bytes: null,
    nice: null,
    cpu_affinity: null,
    created_at: "2026-11-01T10:00:00Z",
    node_id: "70de0000-0000-4000-8000-000000000001",
    status: {
      state: "recording",
      since: "2026-11-21T08:00:00Z",
      reason: null,
      next_try: null,
      engine: "native",
      engine_reason: null,
      transport: "tcp",
      clock: "rtcp",
      codec: "avc1.640028",
      sound: "mp4a.40.2",
      width: 1920,
      height: 1080,
      pid: 4211,
      effective_args: "sereno stream record",
      ffmpeg_args: "",
      profile_version: "",
      is_pending: false,
      analysis: null,
      bitrate_bps: 4_100_000,
      fps: 25,
      lost_packets: 0,
      notices: [],
      newest_at: null,
      ...status,
    },
    ...changes,
  };
}
