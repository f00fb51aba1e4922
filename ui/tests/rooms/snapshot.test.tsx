import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { Cameras } from "@/rooms/cameras/Cameras";

import { show } from "../render";
import { type Answer, aCamera, serve, SITES } from "../server";

const CAMERA = aCamera();
const BASE: Record<string, Answer> = {
  "GET /api/v1/sites": SITES,
  "GET /api/v1/cameras": [200, [CAMERA]],
};
const CALL = `GET /api/v1/cameras/${CAMERA.id}/snapshot.jpg`;

// jsdom keeps no pictures.
beforeEach(() => {
  URL.createObjectURL = () => "blob:picture";
  URL.revokeObjectURL = () => undefined;
});

async function openSnapshot() {
  const user = userEvent.setup();
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Show the newest picture of Entrance" }));
}

it("shows the newest picture with its age", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-21T19:00:00Z") });
  serve({ ...BASE, [CALL]: [200, "jpeg", { "X-Sereno-Age-Seconds": "125" }] });
  await openSnapshot();
  expect(await screen.findByRole("img", { name: "Newest picture of Entrance" })).toBeVisible();
  expect(screen.getByText("Newest picture, 2 min 5 s ago")).toBeVisible();
  vi.useRealTimers();
});

it("says that there is none yet", async () => {
  serve({ ...BASE, [CALL]: [404] });
  await openSnapshot();
  expect(await screen.findByText("There is no picture yet.")).toBeVisible();
});

it("says why none can be had", async () => {
  const error = { key: "node_unreachable", field: null, en: "Its machine is away.", es: "x" };
  serve({ ...BASE, [CALL]: [503, { error }] });
  await openSnapshot();
  expect(await screen.findByText("Its machine is away.")).toBeVisible();
});
