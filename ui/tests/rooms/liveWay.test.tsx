import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";

import type { WhepListener, WhepTrouble } from "@/kit/player/whep";
import { CameraScreen } from "@/rooms/camera/CameraScreen";
import { mayBeDirect } from "@/lib/liveWay";

import { show } from "../render";
import { aCamera, serve, SITES } from "../server";

/** Sessions by WebRTC, in the test's hands. */
const sessions = vi.hoisted(() => [] as { listener: WhepListener; isClosed: boolean }[]);
vi.mock("@/kit/player/whep", () => ({
  canPlayWhep: () => true,
  WhepSession: class {
    isClosed = false;
    constructor(_video: unknown, _ticket: unknown, readonly listener: WhepListener) {
      sessions.push(this);
    }
    close(): void {
      this.isClosed = true;
    }
  },
}));
vi.mock("@/kit/player/useOnScreen", () => ({ useOnScreen: () => true }));

const CAMERA = aCamera();
const ONE = `/cameras/${CAMERA.id}`;
const screenOfOne = (
  <Routes>
    <Route path="/cameras/:cameraId" element={<CameraScreen />} />
  </Routes>
);

async function opened(status: object = {}, language: "en" | "es" = "en") {
  serve({
    "GET /api/v1/sites": SITES,
    "GET /api/v1/cameras": [200, [aCamera({ status })]],
    [`GET /api/v1${ONE}/timeline`]: [404],
  });
  await show(screenOfOne, { path: ONE, language });
  await screen.findByRole("heading", { name: "Entrance" });
}

const choice = () => screen.queryByRole("button", { name: /Lowest delay|Mínimo retraso/ });

async function fail(trouble: WhepTrouble) {
  const { act } = await import("@testing-library/react");
  act(() => sessions.at(-1)?.listener.onTrouble(trouble));
}

beforeEach(() => {
  sessions.length = 0;
  localStorage.clear();
});

it("shows the least delay to who asks for it, and remembers that", async () => {
  await opened();
  expect(choice()).toHaveAttribute("aria-pressed", "false");
  expect(sessions).toHaveLength(0);
  await userEvent.click(choice() ?? document.body);
  expect(choice()).toHaveAttribute("aria-pressed", "true");
  expect(sessions).toHaveLength(1);
  expect(localStorage.getItem("sereno.liveWay")).toBe("direct");
  await userEvent.click(choice() ?? document.body);
  expect(sessions[0]?.isClosed).toBe(true);
  expect(localStorage.getItem("sereno.liveWay")).toBe("ordinary");
});

it("goes back to the ordinary view by itself, with the node's words, and tries again when asked", async () => {
  localStorage.setItem("sereno.liveWay", "direct");
  await opened({}, "es");
  expect(sessions).toHaveLength(1);
  await fail({ kind: "refused", key: "whep_b_frames", words: { en: "B-frames.", es: "Fotogramas B." } });
  expect(screen.getByText("Fotogramas B. Se muestra la vista en vivo normal.")).toBeVisible();
  expect(choice()).toHaveAttribute("aria-pressed", "false");
  expect(sessions[0]?.isClosed).toBe(true);
  expect(localStorage.getItem("sereno.liveWay"), "other cameras may have none").toBe("direct");
  await userEvent.click(choice() ?? document.body);
  expect(sessions).toHaveLength(2);
  expect(screen.queryByText(/Fotogramas B/)).toBeNull();
});

it("lets nobody wait each time where no way was found", async () => {
  localStorage.setItem("sereno.liveWay", "direct");
  await opened();
  await fail({ kind: "no_path" });
  expect(screen.getByText(/a firewall or router stands between/)).toBeVisible();
  expect(localStorage.getItem("sereno.liveWay")).toBe("ordinary");
});

it("leaves it to the ordinary view to say why there is no picture", async () => {
  localStorage.setItem("sereno.liveWay", "direct");
  await opened({ state: "waiting" });
  expect(choice()).toHaveAttribute("aria-pressed", "true");
  expect(sessions).toHaveLength(0);
});

it("offers it where browsers could take the stream", async () => {
  expect(mayBeDirect("main", "avc1.64001f")).toBe(true);
  expect(mayBeDirect("sub", "hvc1.1.6.L93.B0")).toBe(true);
  await opened({ codec: "hvc1.1.6.L93.B0" });
  expect(choice()).toBeNull();
});
