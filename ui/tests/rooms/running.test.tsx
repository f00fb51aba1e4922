import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { AlarmBell } from "@/app/shell/AlarmBell";
import { Cameras } from "@/rooms/cameras/Cameras";
import { CoverageScreen } from "@/rooms/coverage/CoverageScreen";
import { Runners } from "@/rooms/system/Runners";

import { expectAccessible, show } from "../render";
import { type Answer, aCamera, serve, SITES } from "../server";

const CAMERA = aCamera();
const ONE = `/api/v1/cameras/${CAMERA.id}`;
const BASE: Record<string, Answer> = {
  "GET /api/v1/sites": SITES,
  "GET /api/v1/cameras": [200, [CAMERA]],
  "GET /api/v1/groups": [200, [{ id: 7, name: "Corridors", camera_ids: [] }]],
  "GET /api/v1/schedules": [200, []],
};
const reason = (en: string) => ({ key: "x", params: {}, raw: "", en, es: `${en} (es)` });

it("pauses a camera, and shows until when, by whom, and why", async () => {
  const user = userEvent.setup();
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString();
  let isPaused = false;
  const pause = { until, by: "ana", why: "Painters" };
  const paused = aCamera({ pause, status: { state: "paused" } });
  const sent = serve({
    ...BASE,
    "GET /api/v1/cameras": () => [200, [isPaused ? paused : CAMERA]],
    [`POST ${ONE}/pause`]: () => {
      isPaused = true;
      return [200, paused];
    },
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Actions for Entrance" }));
  await user.click(await screen.findByRole("menuitem", { name: "Pause for 2 hours" }));
  expect(await screen.findByText(/^Paused until .* by ana$/)).toBeVisible();
  expect(screen.getByText("Paused because: Painters")).toBeVisible();
  const asked = sent.find(({ call }) => call.endsWith("/pause"));
  expect(asked?.body).toEqual({ minutes: 120, until_tomorrow: false, why: "" });
  await expectAccessible();
});

it("pauses until another time of the site's clock, with a reason", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...BASE, [`POST ${ONE}/pause`]: [200, CAMERA] });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Actions for Entrance" }));
  await user.click(await screen.findByRole("menuitem", { name: /Another time/ }));
  const dialog = await screen.findByRole("dialog");
  await expectAccessible(dialog);
  const field = within(dialog).getByLabelText("Until");
  await user.clear(field);
  await user.type(field, "2026-11-30T08:00");
  await user.type(within(dialog).getByLabelText("Reason"), "Works");
  await user.click(within(dialog).getByRole("button", { name: "Pause" }));
  await waitFor(() =>
    expect(sent.find(({ call }) => call.endsWith("/pause"))?.body).toEqual({
      until: "2026-11-30T07:00:00.000Z",
      until_tomorrow: false,
      why: "Works",
    }),
  );
});

it("says why", async () => {
  const user = userEvent.setup();
  const why = { key: "always", params: {}, en: "It has no schedule.", es: "x" };
  const off = { runs: false, profile: "", why: { ...why, en: "Nothing is analysed." }, until: null };
  const answer = {
    recording: { runs: true, profile: "Night", why, until: null },
    analysis: off,
    node: { node_id: "x", node: "box", number: 3, expires_at: null },
    status: CAMERA.status,
  };
  serve({ ...BASE, [`GET ${ONE}/why`]: [200, answer] });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Why? Entrance" }));
  expect(await screen.findByText("It has no schedule.")).toBeVisible();
  expect(screen.getByText("With the profile Night.")).toBeVisible();
  expect(screen.getByText("It is run by box.")).toBeVisible();
});

it("lists every runner, and wakes them all", async () => {
  const user = userEvent.setup();
  const runner = {
    ...CAMERA.status,
    camera_id: CAMERA.id,
    camera: "Entrance",
    site: "School",
    node: "box",
    stream: "main",
    heard_at: new Date(Date.now() - 60_000).toISOString(),
    hb_interval: 10,
    profile_version: "Night v3",
    is_pending: true,
    shared_by: 4,
    nice: 5,
    cpu_affinity: [0, 1, 2],
    started_at: null,
    restarts: 2,
    last_exit: "killed by signal 9",
    advertised_fps: 25,
    key_interval_seconds: 2,
  };
  const busy = { error: { key: "busy", en: "Try again in 8 seconds.", es: "x" } };
  const answers: Answer[] = [
    [200, { cameras: 12 }],
    [429, busy],
  ];
  serve({
    "GET /api/v1/runners": [200, [runner]],
    "POST /api/v1/enforce": () => answers.shift() ?? [500],
  });
  await show(<Runners />);
  expect(await screen.findByText("Night v3")).toBeVisible();
  expect(screen.getByText("A newer version waits for the next start")).toBeVisible();
  expect(screen.getByText("0-2")).toBeVisible();
  expect(screen.getByText("killed by signal 9")).toBeVisible();
  expect(screen.getByText(/^Heard 1 min/)).toHaveAttribute("data-late", "true");
  await expectAccessible();
  await user.click(screen.getByRole("button", { name: "Enforce now" }));
  expect(await screen.findByText("Asked for 12 cameras.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Enforce now" }));
  expect(await screen.findByText("Try again in 8 seconds.")).toBeVisible();
});

it("reports coverage with its causes, for those who are chosen", async () => {
  const user = userEvent.setup();
  const sums = {
    promised_seconds: 36_000,
    covered_seconds: 34_850,
    percent: 96.85,
    unreported_seconds: 0,
    causes: [{ key: "x", en: "The cable was out.", es: "x", seconds: 1150 }],
  };
  const report = {
    ...sums,
    from: "2026-11-20T23:00:00Z",
    to: "2026-11-21T23:00:00Z",
    cameras: [{ ...sums, camera_id: CAMERA.id, camera: "Entrance" }],
  };
  serve({ ...BASE, "GET /api/v1/coverage": [200, report] });
  await show(<CoverageScreen />);
  expect(await screen.findAllByText("96.8%")).toHaveLength(2);
  expect(screen.getByText(/what is missing has one cause/)).toBeVisible();
  await expectAccessible();
  await user.selectOptions(screen.getByLabelText("Cameras"), await screen.findByText("Corridors"));
  const link = screen.getByRole("link", { name: /CSV/ });
  expect(link.getAttribute("href")).toMatch(/^\/api\/v1\/coverage\?format=csv&from=.*&group_id=7$/);
});

it("counts the alarms that are open, and tells those that are over", async () => {
  const user = userEvent.setup();
  const alarm = { camera_id: CAMERA.id, camera: "Entrance", noticed_at: "2026-11-21T08:00:30Z" };
  const alarms = [
    { ...alarm, since: "2026-11-21T09:00:00Z", ended_at: null, reason: reason("No picture.") },
    {
      ...alarm,
      since: "2026-11-21T08:00:00Z",
      ended_at: "2026-11-21T08:02:00Z",
      reason: reason("The cable was out."),
    },
  ];
  serve({ "GET /api/v1/alarms": [200, alarms] });
  await show(<AlarmBell />);
  await user.click(await screen.findByRole("button", { name: "Alarms: 1 open" }));
  expect(await screen.findByText("No picture.")).toBeVisible();
  expect(screen.getByText("lasted 2 min")).toBeVisible();
});
