import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import type { Camera } from "@/api/types";
import { Tile } from "@/rooms/wall/Tile";

import { expectAccessible, show } from "../render";
import { aCamera, serve, SITES } from "../server";

const reason = { key: "refused", params: {}, raw: "", en: "Its port is closed. Check it.", es: "x" };

function tile(status: object) {
  serve({ "GET /api/v1/sites": SITES });
  return <Tile camera={aCamera({ status }) as unknown as Camera} delayMs={0} />;
}

it("says why there is no picture, what to do, and when it is tried again", async () => {
  const next_try = new Date(Date.now() + 12_000).toISOString();
  await show(tile({ state: "waiting", reason, next_try }));
  expect(await screen.findByText("Its port is closed. Check it.")).toBeVisible();
  expect(screen.getByText(/^Next try in 1\d s$/)).toBeVisible();
  expect(screen.getByText("Waiting to retry")).toBeVisible();
  await expectAccessible();
});

it("keeps the reason while the camera is tried again", async () => {
  const connecting = { key: "connecting", params: {}, raw: "", en: "Sereno is connecting.", es: "x" };
  await show(tile({ state: "connecting", reason: connecting, last_error: reason }));
  expect(await screen.findByText("Its port is closed. Check it.")).toBeVisible();
  expect(screen.getByText("Connecting")).toBeVisible();
  expect(screen.queryByText("Sereno is connecting.")).toBeNull();
});

it("waits calmly for the first picture", async () => {
  await show(tile({ state: "connecting", last_error: null }));
  expect(await screen.findByText("Connecting")).toBeVisible();
  expect(screen.queryByText("Its port is closed. Check it.")).toBeNull();
});
