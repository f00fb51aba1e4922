import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { Cameras } from "@/rooms/cameras/Cameras";

import { expectAccessible, show } from "../render";
import { type Answer, aCamera, serve, SITES } from "../server";

const CAMERA = aCamera();
const BASE: Record<string, Answer> = {
  "GET /api/v1/sites": SITES,
  "GET /api/v1/cameras": [200, [CAMERA]],
};
const both = (en: string) => ({ en, es: `${en} (es)` });
const step = (name: string, verdict: string, more: object = {}) => ({
  step: name,
  name: both(name),
  verdict,
  ms: 14,
  saw: "",
  words: null,
  advice: [],
  raw: "",
  ...more,
});
const RUNNING = {
  id: "d1",
  state: "running",
  verdict: null,
  started_at: "2026-11-21T19:00:00Z",
  engine: "native",
  steps: [step("Name", "ok"), step("Connection", "running", { ms: null })],
  summary: null,
};
const DONE = {
  ...RUNNING,
  state: "done",
  verdict: "warning",
  steps: [
    step("Name", "ok", { saw: "192.0.2.10" }),
    step("Key frames", "warning", {
      words: both("A key frame every 10 s."),
      advice: [{ key: "key_interval_long", ...both("Set the interval to 2 s.") }],
      raw: "GOP 250",
    }),
  ],
  summary: both("It works, but live view starts slowly."),
};

it("shows the steps as they come, what they mean and what to do", async () => {
  const user = userEvent.setup();
  const answers = [RUNNING, DONE];
  serve({
    ...BASE,
    [`POST /api/v1/cameras/${CAMERA.id}/diagnoses`]: [202, { id: "d1" }],
    "GET /api/v1/diagnoses/d1": () => [200, answers.shift() ?? DONE],
  });
  const written: string[] = [];
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Actions for Entrance" }));
  await user.click(await screen.findByRole("menuitem", { name: "Diagnose…" }));
  const dialog = await screen.findByRole("dialog", { name: "Diagnosis of Entrance" });
  expect(await within(dialog).findByText("Connection")).toBeVisible();
  expect(within(dialog).getByText(/step by step/)).toBeVisible();
  expect(await within(dialog).findByText("It works, but live view starts slowly.")).toBeVisible();
  expect(within(dialog).getByText("A key frame every 10 s.")).toBeVisible();
  expect(within(dialog).getByText("Set the interval to 2 s.")).toBeVisible();
  expect(within(dialog).getByText("GOP 250")).not.toBeVisible();
  await user.click(within(dialog).getByText("What the device said, word by word"));
  expect(within(dialog).getByText("GOP 250")).toBeVisible();
  await expectAccessible(dialog);
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation((text) => {
    written.push(text);
    return Promise.resolve();
  });
  await user.click(within(dialog).getByRole("button", { name: "Copy" }));
  await waitFor(() => expect(written[0]).toContain("[To improve] Key frames"));
});

it("says in words why it cannot, and tries again when asked", async () => {
  const user = userEvent.setup();
  const words = { en: "It was diagnosed just now. Try again in 10 seconds.", es: "x" };
  const answers: Answer[] = [[429, { error: { key: "busy", field: null, ...words } }]];
  serve({
    ...BASE,
    [`POST /api/v1/cameras/${CAMERA.id}/diagnoses`]: () => answers.shift() ?? [202, { id: "d1" }],
    "GET /api/v1/diagnoses/d1": [200, DONE],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Actions for Entrance" }));
  await user.click(await screen.findByRole("menuitem", { name: "Diagnose…" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(words.en)).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Diagnose again" }));
  expect(await within(dialog).findByText("It works, but live view starts slowly.")).toBeVisible();
});

it("tries an address before the camera is added", async () => {
  const user = userEvent.setup();
  const expired = { ...RUNNING, state: "expired", steps: [] };
  const sent = serve({
    ...BASE,
    "POST /api/v1/sites/1/diagnoses": [202, { id: "d2" }],
    "GET /api/v1/diagnoses/d2": [200, expired],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Add a camera" }));
  const form = await screen.findByRole("dialog", { name: "Add a camera" });
  fireEvent.change(within(form).getByLabelText("Address"), { target: { value: "rtsp://192.0.2.9/" } });
  fireEvent.change(within(form).getByLabelText("User name"), { target: { value: "ana" } });
  fireEvent.change(within(form).getByLabelText("Password"), { target: { value: "s3cret" } });
  await user.click(await within(form).findByRole("button", { name: "Try this address" }));
  expect(await screen.findByText(/did not begin in time/)).toBeVisible();
  expect(sent.find(({ call }) => call === "POST /api/v1/sites/1/diagnoses")?.body).toEqual({
    address: "rtsp://192.0.2.9/",
    username: "ana",
    password: "s3cret",
  });
});
