import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { Recordings } from "@/rooms/recordings/Recordings";

import { expectAccessible, show } from "../render";
import { aCamera, type Answer, serve, SITES, someoneWith } from "../server";

const CAMERA = "ca3e0000-0000-4000-8000-000000000001";

function aRecording(number: number, changes: object = {}) {
  return {
    run_id: `00000000-0000-4000-8000-00000000000${number}`,
    camera_id: CAMERA,
    camera: "Entrance",
    site: "Colegio San Martín",
    stream: "main",
    from: "2026-11-20T22:30:00Z",
    to: "2026-11-20T23:30:10.5Z",
    is_open: false,
    seconds: 3610.5,
    size_bytes: 1_800_000_000,
    damaged_seconds: 0,
    end: { key: "refused", params: {}, en: "Its port is closed.", es: "Puerto cerrado.", raw: "" },
    node_id: "70de0000-0000-4000-8000-000000000001",
    node: "box",
    ...changes,
  };
}

function answers(...pages: object[][]): Record<string, Answer | (() => Answer)> {
  let page = 0;
  return {
    "GET /api/v1/sites": SITES,
    "GET /api/v1/cameras": [200, [aCamera()]],
    "GET /api/v1/recordings/causes": [
      200,
      [{ key: "refused", en: "Its port is closed.", es: "Puerto cerrado.", count: 3 }],
    ],
    "GET /api/v1/recordings": () => {
      const recordings = pages[page] ?? [];
      page += 1;
      return [200, { recordings, next: page < pages.length ? `place-${page}` : null }];
    },
    "POST /api/v1/tickets": [200, { ticket: "leave", expires_at: "2026-11-21T10:00:00Z", parts: [] }],
  };
}

/** Whatever is asked to be told when it is in sight, is in sight at once. */
beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      private isOver = false;
      constructor(private readonly tell: (entries: object[]) => void) {}
      observe() {
        const entry = { isIntersecting: true, intersectionRatio: 1 };
        queueMicrotask(() => this.isOver || this.tell([entry]));
      }
      disconnect() {
        this.isOver = true;
      }
    },
  );
  URL.createObjectURL = () => "blob:picture";
  URL.revokeObjectURL = () => undefined;
});

it("tells of each recording when it was, how large it is, and why it ended", async () => {
  serve(answers([aRecording(1), aRecording(2, { is_open: true, end: null, stream: "sub" })]));
  await show(<Recordings />);
  const rows = within(await screen.findByRole("table")).getAllByRole("row").slice(1);
  expect(rows).toHaveLength(2);
  // By the site's clock it ended on another day.
  expect(rows[0]).toHaveTextContent("20 Nov 2026, 23:30:00 – 21 Nov 2026, 00:30:10CET");
  expect(rows[0]).toHaveTextContent("1 h");
  expect(rows[0]).toHaveTextContent("1.8 GB");
  expect(rows[0]).toHaveTextContent("Its port is closed.");
  expect(rows[1]).toHaveTextContent("Still recording");
  expect(rows[1]).toHaveTextContent("Sub stream");
  const play = within(rows[0] as HTMLElement).getByRole("link", { name: /^Play Entrance from/ });
  expect(play).toHaveAttribute("href", `/cameras/${CAMERA}?at=2026-11-20T22:30:00.000Z`);
  await expectAccessible();
});

it("fetches the picture of what is in sight, with leave for that moment alone", async () => {
  const sent = serve(answers([aRecording(1)]));
  await show(<Recordings />);
  await waitFor(() => expect(sent.some(({ call }) => call.startsWith("GET /media/"))).toBe(true));
  expect(sent.find(({ call }) => call === "POST /api/v1/tickets")?.body).toEqual({
    camera_id: CAMERA,
    stream: "main",
    purpose: "playback",
    from: "2026-11-20T22:30:00.999Z",
    to: "2026-11-20T22:30:01.001Z",
  });
  const asked = sent.find(({ call }) => call.startsWith("GET /media/"));
  expect(asked?.call).toBe("GET /media/v1/pictures/1795213801000000.jpg");
  expect(asked?.headers.get("Authorization")).toBe("Bearer leave");
});

it("goes on with the next page, and shows none twice", async () => {
  serve(answers([aRecording(1), aRecording(2)], [aRecording(2), aRecording(3)]));
  await show(<Recordings />);
  await waitFor(() => expect(screen.getAllByRole("row")).toHaveLength(1 + 3));
});

it("keeps what it has where the next page fails, and asks again only when told to", async () => {
  const user = userEvent.setup();
  const error = { key: "away", field: null, en: "Not now.", es: "x" };
  const first = { recordings: [aRecording(1)], next: "place-1" };
  const asked: Answer[] = [[200, first], [404, { error }], [200, { recordings: [aRecording(2)], next: null }]];
  let count = 0;
  serve({ ...answers(), "GET /api/v1/recordings": () => asked[count++] ?? [500] });
  await show(<Recordings />);
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(screen.getAllByRole("row")).toHaveLength(1 + 1);
  expect(count).toBe(2);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.getAllByRole("row")).toHaveLength(1 + 2));
});

it("asks for what is chosen, and keeps it in the address", async () => {
  const user = userEvent.setup();
  const asked: URL[] = [];
  serve(answers([aRecording(1)]));
  const answer = fetch;
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(new URL(request.url));
    return answer(request);
  });
  await show(<Recordings />, { path: "/recordings?when=day&day=2026-11-20&stream=sub&size=junk" });
  await user.selectOptions(
    await screen.findByLabelText("Why it ended"),
    await screen.findByRole("option", { name: "Its port is closed. (3)" }),
  );
  await user.selectOptions(screen.getByLabelText("Order"), "Largest first");
  const last = () => asked.filter(({ pathname }) => pathname === "/api/v1/recordings").at(-1);
  await waitFor(() => expect(last()?.searchParams.get("order")).toBe("largest"));
  expect(Object.fromEntries(last()?.searchParams ?? [])).toEqual({
    from: "2026-11-19T23:00:00.000Z",
    to: "2026-11-20T23:00:00.000Z",
    stream: "sub",
    cause: "refused",
    order: "largest",
    after: "",
  });
});

it("says what to do where nothing fits, in both languages", async () => {
  serve(answers([]));
  await show(<Recordings />, { language: "es" });
  expect(await screen.findByText("Ninguna grabación coincide")).toBeInTheDocument();
  await expectAccessible();
});

it("makes a clip of a part or of the whole, as far as one may", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...answers([aRecording(1)]), "POST /api/v1/clips": [202, {}], "GET /api/v1/clips": [200, []] });
  await show(<Recordings />);
  await user.click(await screen.findByRole("button", { name: /^Make a clip of Entrance/ }));
  const part = await screen.findByRole("menuitem", { name: "Choose a part on the timeline" });
  expect(part).toHaveAttribute(
    "href",
    `/cameras/${CAMERA}?select=2026-11-20T22:30:00.000Z/2026-11-20T23:30:10.500Z`,
  );
  await user.click(screen.getByRole("menuitem", { name: /^Make a clip of all of it \(1 h/ }));
  const toClips = await screen.findByRole("link", { name: "It is being made. See the clips" });
  expect(toClips).toHaveAttribute("href", "/clips");
  expect(sent.find(({ call }) => call === "POST /api/v1/clips")?.body).toEqual({
    camera_id: CAMERA,
    stream: "main",
    from: "2026-11-20T22:30:00Z",
    to: "2026-11-20T23:30:10.5Z",
  });
});

it("offers those who only look no clip of the whole", async () => {
  const user = userEvent.setup();
  serve({ ...answers([aRecording(1)]), "GET /api/v1/session": someoneWith("view") });
  await show(<Recordings />);
  await user.click(await screen.findByRole("button", { name: /^Make a clip of Entrance/ }));
  await screen.findByRole("menuitem", { name: "Choose a part on the timeline" });
  expect(screen.queryByRole("menuitem", { name: /all of it/ })).toBeNull();
});

it("shows a refusal in the server's own words", async () => {
  const error = { key: "no_such_camera", field: null, en: "There is no such camera.", es: "No existe." };
  serve({ ...answers(), "GET /api/v1/recordings": [404, { error }] });
  await show(<Recordings />, { path: "/recordings?camera=00000000-0000-4000-8000-000000000009" });
  expect(await screen.findByRole("alert")).toHaveTextContent("There is no such camera.");
});
