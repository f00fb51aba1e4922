import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";

import { CameraScreen } from "@/rooms/camera/CameraScreen";
import { System } from "@/rooms/system/System";
import { Wall } from "@/rooms/wall/Wall";

import { expectAccessible, show } from "../render";
import { aCamera, serve, SITES } from "../server";

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
  volume: { total_bytes: 4e12, free_bytes: 3e10 },
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
  expect(screen.getByText("412")).toBeVisible();
  await expectAccessible();
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
};

it("tells the gaps of the day in words, and the command one click away", async () => {
  const user = userEvent.setup();
  const from = new Date(Date.now() - 120_000).toISOString();
  const to = new Date(Date.now() - 60_000).toISOString();
  const reason = { key: "x", params: {}, raw: "", en: "The cable was out.", es: "x" };
  const timeline = { ...TIMELINE, gaps: [{ from, to, reason }] };
  serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [CAMERA]],
    [`GET /api/v1${ONE}/timeline`]: [200, timeline],
  });
  await show(camera, { path: ONE });
  await user.click(await screen.findByText(/1 gap, 1 min in all/));
  expect(screen.getByText("The cable was out.")).toBeVisible();
  await expectAccessible();
  await user.click(screen.getByRole("button", { name: "Technical details" }));
  expect(await screen.findByText("sereno stream record")).toBeVisible();
});

it("says that a camera is gone", async () => {
  serve({ ...BASE, "GET /api/v1/cameras": [200, []] });
  await show(camera, { path: ONE });
  expect(await screen.findByText("There is no such camera")).toBeVisible();
});
