import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";

import { CameraScreen } from "@/rooms/camera/CameraScreen";
import { System } from "@/rooms/system/System";
import { Wall } from "@/rooms/wall/Wall";

import { expectAccessible, show } from "../render";
import { aCamera, serve, SITES } from "../server";

function aVolume(changes: object = {}) {
  const volume_id = `00000000-0000-4000-8000-00000000000${Object.keys(changes).length}`;
  const room = { total_bytes: 4e12, free_bytes: 3e10, footage_bytes: 2e12, budget_bytes: null };
  return { volume_id, path: "/mnt/a", state: "ok", ...room, ...changes };
}

const BASE = { "GET /api/v1/sites": SITES };
const CAMERA = aCamera();
const ONE = `/cameras/${CAMERA.id}`;
const NODE = {
  id: CAMERA.node_id,
  name: "box",
  site_id: 1,
  is_online: false,
  last_seen: "2026-11-21T08:00:00Z",
  version: "0.1.0",
  started_at: "2026-11-20T08:00:00Z",
  clock: { is_synchronised: false, offset_seconds: -7.2 },
  volumes: [aVolume(), aVolume({ path: "/mnt/b", state: "missing", total_bytes: 0, free_bytes: 0 })],
  backlog: 412,
};

it("calls all well while every camera records", async () => {
  serve({ ...BASE, "GET /api/v1/cameras": [200, [CAMERA]] });
  await show(<Wall />, { language: "es" });
  const call = /^\d\d:\d\d h, y sereno$/;
  expect(await screen.findByRole("heading", { level: 1, name: call })).toBeVisible();
  await expectAccessible();
});

it("counts the cameras that are not recording", async () => {
  const stalled = { ...aCamera({ status: { state: "stalled" } }), id: CAMERA.id.replace(/1$/, "2") };
  serve({ ...BASE, "GET /api/v1/cameras": [200, [CAMERA, stalled]] });
  await show(<Wall />);
  expect(await screen.findByRole("heading", { name: /one camera is not recording/ })).toBeVisible();
  expect(screen.getByText("1 of 2 cameras are recording.")).toBeVisible();
});

it("leads from the empty wall to the first camera", async () => {
  serve({ ...BASE, "GET /api/v1/cameras": [200, []] });
  await show(<Wall />);
  const link = await screen.findByRole("link", { name: "Add a camera" });
  expect(link).toHaveAttribute("href", "/cameras?add");
});

it("says what is wrong with a machine", async () => {
  serve({ ...BASE, "GET /api/v1/cameras": [200, [CAMERA]], "GET /api/v1/nodes": [200, [NODE]] });
  await show(<System />);
  expect(await screen.findByText("Offline")).toBeVisible();
  expect(screen.getByText(/Not synchronised, 7 s from the hub/)).toBeVisible();
  expect(screen.getByText(/Room is running out/)).toBeVisible();
  expect(screen.getByText(/another disk is mounted in its place/)).toBeVisible();
  expect(screen.getByText("412")).toBeVisible();
  await expectAccessible();
});

it("tells what a disk may take, and takes a state of a newer hub as it comes", async () => {
  const volumes = [aVolume({ state: "dreaming", budget_bytes: 3e12, free_bytes: 1 })];
  const node = { ...NODE, volumes };
  serve({ ...BASE, "GET /api/v1/cameras": [200, []], "GET /api/v1/nodes": [200, [node]] });
  await show(<System />, { language: "es" });
  expect(await screen.findByText(/2 TB de grabaciones, 3 TB como máximo/)).toBeVisible();
  expect(screen.getByText("dreaming")).toBeVisible();
  expect(screen.queryByText(/Queda poco espacio/)).toBeNull();
});

const camera = (
  <Routes>
    <Route path="/cameras/:cameraId" element={<CameraScreen />} />
  </Routes>
);
const TIMELINE = {
  camera_id: CAMERA.id,
  from: "2026-11-20T23:00:00Z",
  to: "2026-11-21T23:00:00Z",
  reported_through: null,
  covered: [],
  gaps: [],
  unreported: [],
  on_recorder: [],
  recorder: null,
  promised: [],
  manual: [],
};

it("tells the gaps of the day in words, and the command one click away", async () => {
  const user = userEvent.setup();
  const from = new Date(Date.now() - 120_000).toISOString();
  const to = new Date(Date.now() - 60_000).toISOString();
  const reason = { key: "x", params: {}, raw: "", en: "The cable was out.", es: "x" };
  const timeline = { ...TIMELINE, gaps: [{ from, to, kind: "network", reason }] };
  serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [CAMERA]],
    [`GET /api/v1${ONE}/timeline`]: [200, timeline],
  });
  await show(camera, { path: ONE });
  await user.click(await screen.findByText(/1 gap, 1 min in all/));
  expect(screen.getByText("The cable was out.")).toBeVisible();
  expect(screen.getByText("Gap: connection to the camera")).toBeVisible();
  await expectAccessible();
  await user.click(screen.getByRole("button", { name: "Technical details" }));
  expect(await screen.findByText("sereno stream record")).toBeVisible();
});

it("tells why the first choice was left, and tries it again", async () => {
  const user = userEvent.setup();
  const engine_reason = { key: "x", params: {}, raw: "", en: "It sends MJPEG.", es: "x" };
  const notices = [{ key: "y", params: {}, raw: "", en: "Its sound is not kept.", es: "y" }];
  const analysis = {
    ...{ state: "recording", reason: null, pid: 7, effective_args: "", fps: 5, dropped: 2 },
    ...{ decode_ms: 12.5, hwaccel: "none", hwaccel_reason: { ...engine_reason, en: "No card." } },
  };
  const fallen = aCamera({
    status: { engine: "ffmpeg", engine_reason, notices, lost_packets: 31, analysis },
  });
  const sent = serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [fallen]],
    [`GET /api/v1${ONE}/timeline`]: [200, TIMELINE],
    [`POST /api/v1${ONE}/try-again`]: [200, fallen],
  });
  await show(camera, { path: ONE });
  await user.click(await screen.findByRole("button", { name: "Technical details" }));
  expect(await screen.findByText(/Why not Sereno's own: It sends MJPEG/)).toBeVisible();
  expect(screen.getByText("Its sound is not kept.")).toBeVisible();
  expect(screen.getByText("31")).toBeVisible();
  expect(screen.getByText(/5 pictures\/s, 12.5 ms of processor each, 2 dropped/)).toBeVisible();
  expect(screen.getByText("No card.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try everything again from the start" }));
  expect(await screen.findByRole("button", { name: "It is being tried" })).toBeDisabled();
  expect(sent.some(({ call }) => call.endsWith("/try-again"))).toBe(true);
});

it("tells which machine has what, where there are several", async () => {
  const now = Date.now();
  const piece = (fromMinutes: number, toMinutes: number, node: string) => ({
    from: new Date(now - fromMinutes * 60_000).toISOString(),
    to: new Date(now - toMinutes * 60_000).toISOString(),
    is_open: false,
    clock: "arrival",
    damaged_seconds: 0,
    node_id: "70de0000-0000-4000-8000-000000000001",
    node,
  });
  serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [CAMERA]],
    [`GET /api/v1${ONE}/timeline`]: [200, { ...TIMELINE, covered: [piece(3, 2, "Node 1"), piece(2, 0.5, "Node 2")] }],
  });
  await show(camera, { path: ONE });
  expect(await screen.findByText("Where it is: Node 2 (1 min 30 s) · Node 1 (1 min)")).toBeVisible();
});

it("marks footage with losses in words", async () => {
  const from = new Date(Date.now() - 120_000).toISOString();
  const to = new Date(Date.now() - 60_000).toISOString();
  const damaged = { from, to, is_open: false, clock: "arrival", damaged_seconds: 2.5 };
  serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [CAMERA]],
    [`GET /api/v1${ONE}/timeline`]: [200, { ...TIMELINE, covered: [damaged] }],
  });
  await show(camera, { path: ONE });
  expect(await screen.findByText("Footage that may be damaged")).toBeVisible();
  expect(screen.getByText(/3 s may be damaged/)).toBeVisible();
});

it("says that a camera is gone", async () => {
  serve({ ...BASE, "GET /api/v1/cameras": [200, []] });
  await show(camera, { path: ONE });
  expect(await screen.findByText("There is no such camera")).toBeVisible();
});
