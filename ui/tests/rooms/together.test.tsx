import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { TogetherScreen } from "@/rooms/together/TogetherScreen";

import { expectAccessible, show } from "../render";
import { aCamera, serve, SITES } from "../server";

it("says what to do where no camera is chosen", async () => {
  serve({ "GET /api/v1/sites": SITES, "GET /api/v1/cameras": [200, [aCamera()]] });
  await show(<TogetherScreen />, { path: "/together?cameras=removed" });
  expect(await screen.findByRole("heading", { name: "No cameras are chosen" })).toBeVisible();
  expect(screen.getAllByRole("heading", { level: 1 })).toHaveLength(1);
  await expectAccessible();
});

it("says when the cameras cannot be had", async () => {
  const error = { key: "away", field: null, en: "The database is away.", es: "x" };
  serve({ "GET /api/v1/sites": SITES, "GET /api/v1/cameras": [404, { error }] });
  await show(<TogetherScreen />, { path: "/together" });
  expect(await screen.findByRole("alert")).toHaveTextContent("The database is away.");
});
