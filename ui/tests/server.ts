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

/** A recorder as the hub describes it, with two channels. */
export function aDevice(changes: object = {}) {
  return {
    id: "de710000-0000-4000-8000-000000000001",
    name: "Recorder 1",
    site_id: 1,
    node_id: "70de0000-0000-4000-8000-000000000001",
    vendor: "hikvision",
    maker: "Hikvision",
    model: "DS-7608NI-K2",
    serial: "DS7608-0001",
    firmware: "V4.30.085",
    kind: "recorder",
    host: "192.0.2.20",
    port: 80,
    is_tls: false,
    rtsp_port: 554,
    username: "operator",
    has_password: true,
    template: "",
    template_sub: "",
    template_channels: 0,
    state: "online",
    since: "2026-11-21T08:00:00Z",
    reason: null,
    not_before: null,
    heard_at: "2026-11-21T09:00:00Z",
    asked_at: "2026-11-21T09:00:00Z",
    capabilities: { snapshot: true, find: true, events: false },
    disks: [{ id: "1", name: "hdd1", state: "ok", size_bytes: 4e12, free_bytes: 1e12 }],
    clock: { at: "2026-11-21T09:00:00Z", offset_seconds: 0.3, zone: "CST-1:00:00", convention: "local" },
    advice: [],
    channel_count: 2,
    online_count: 1,
    offline_count: 1,
    camera_count: 0,
    created_at: "2026-11-01T10:00:00Z",
    channels: [aChannel(), aChannel({ id: "2", number: 2, name: "", is_online: false })],
    ...changes,
  };
}

export function aChannel(changes: object = {}) {
  const stream = { codec: "h264", fps: 25, address: "rtsp://192.0.2.20:554/1", gop_seconds: 2 };
  return {
    id: "1",
    number: 1,
    name: "Entrance",
    is_online: true,
    is_recording: true,
    missing_since: null,
    camera_id: null,
    streams: [
      { ...stream, id: "101", role: "main", width: 1920, height: 1080 },
      { ...stream, id: "102", role: "sub", width: 640, height: 360 },
    ],
    ...changes,
  };
}
