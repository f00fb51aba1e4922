import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { afterEach, expect, it } from "vitest";

import { Setup } from "@/rooms/setup/Setup";

import { expectAccessible, show } from "../render";
import { serve } from "../server";

const SESSION = { user: { id: 1, username: "admin", is_admin: true }, version: "1", is_demo: false };
const GOOD = "las doce y sereno";
const screens = (
  <Routes>
    <Route path="/setup" element={<Setup />} />
    <Route path="/" element={<p>the wall</p>} />
  </Routes>
);

afterEach(() => {
  location.hash = "";
});

async function open(answers: Parameters<typeof serve>[0]) {
  location.hash = "#t0ken";
  const sent = serve({ "GET /api/v1/session": [200, SESSION], ...answers });
  await show(screens, { path: "/setup" });
  return sent;
}

async function choose(user: ReturnType<typeof userEvent.setup>, first: string, second: string) {
  const input = { selector: "input" };
  await user.type(await screen.findByLabelText("Password", input), first);
  await user.type(screen.getByLabelText("Repeat the password", input), second);
  await user.click(screen.getByRole("button", { name: /Set the password/ }));
}

it("sets the password, signs in and goes to the wall", async () => {
  const user = userEvent.setup();
  const sent = await open({
    "GET /api/v1/setup/t0ken": [200, { username: "admin" }],
    "POST /api/v1/setup/t0ken": [200, SESSION],
  });
  await expectAccessible();
  await choose(user, GOOD, GOOD);
  await screen.findByText("the wall");
  expect(sent.find(({ call }) => call.startsWith("POST"))?.body).toEqual({ password: GOOD });
});

it("sends nothing before both are the same and the rules are met", async () => {
  const user = userEvent.setup();
  const sent = await open({ "GET /api/v1/setup/t0ken": [200, { username: "admin" }] });
  await choose(user, GOOD, "las doce");
  expect(screen.getByText("The two passwords are not the same.")).toBeVisible();
  expect(sent.filter(({ call }) => call.startsWith("POST"))).toEqual([]);
});

it("shows the hub's own objection at the field", async () => {
  const user = userEvent.setup();
  const error = { key: "common", field: "password", en: "Too common.", es: "Muy común." };
  await open({
    "GET /api/v1/setup/t0ken": [200, { username: "admin" }],
    "POST /api/v1/setup/t0ken": [422, { error }],
  });
  await choose(user, GOOD, GOOD);
  expect(await screen.findByText("Too common.")).toBeVisible();
  expect(screen.getByLabelText("Password", { selector: "input" })).toBeInvalid();
});

it("says that a used link is used", async () => {
  await open({ "GET /api/v1/setup/t0ken": [404, { error: { key: "x", en: "x", es: "x" } }] });
  expect(await screen.findByText("This link is no longer good")).toBeVisible();
});

it("says that the part after # is missing", async () => {
  serve({});
  await show(screens, { path: "/setup" });
  expect(screen.getByText("The link is not complete")).toBeVisible();
});
