import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { Cameras } from "@/rooms/cameras/Cameras";

import { expectAccessible, show } from "../render";
import { aCamera, serve, SITES } from "../server";

const BASE = { "GET /api/v1/sites": SITES };
const ONE = "/api/v1/cameras/ca3e0000-0000-4000-8000-000000000001";
const REASON = {
  key: "timed_out",
  params: {},
  raw: "",
  en: "The camera does not answer.",
  es: "La cámara no responde.",
};

it("lists cameras with the reason in words", async () => {
  const waiting = aCamera({ status: { state: "waiting", reason: REASON, bitrate_bps: 0 } });
  serve({ ...BASE, "GET /api/v1/cameras": [200, [waiting]] });
  await show(<Cameras />, { language: "es" });
  const row = await screen.findByRole("row", { name: /Entrance/ });
  expect(within(row).getByText("Espera para reintentar")).toBeVisible();
  expect(within(row).getByText(REASON.es)).toBeVisible();
  await waitFor(() => expect(within(row).getByText("21 nov 2026, 09:00:00")).toBeVisible());
  await expectAccessible();
});

it("shows a state of a newer hub as not known", async () => {
  serve({ ...BASE, "GET /api/v1/cameras": [200, [aCamera({ status: { state: "dreaming" } })]] });
  await show(<Cameras />);
  expect(await screen.findByText("Not known")).toBeVisible();
});

it("invites to add the first camera, and shows the server's word at the field", async () => {
  const user = userEvent.setup();
  const error = { key: "scheme", field: "address", en: "Begin with rtsp://.", es: "x" };
  const sent = serve({
    ...BASE,
    "GET /api/v1/cameras": [200, []],
    "POST /api/v1/cameras": [422, { error }],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Add a camera" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Name"), " Patio ");
  await user.type(within(dialog).getByLabelText("Address"), "http://x");
  await user.click(within(dialog).getByRole("button", { name: "Add the camera" }));
  expect(await within(dialog).findByText("Begin with rtsp://.")).toBeVisible();
  expect(within(dialog).getByLabelText("Address")).toBeInvalid();
  const post = sent.find(({ call }) => call.startsWith("POST"));
  expect(post?.body).toEqual({ name: "Patio", address: "http://x", username: "", password: "" });
  await expectAccessible(dialog);
});

it("leaves the password as it was when the field stays empty", async () => {
  const user = userEvent.setup();
  const sent = serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [aCamera()]],
    [`PATCH ${ONE}`]: [200, aCamera({ name: "Gate" })],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Edit Entrance" }));
  const dialog = await screen.findByRole("dialog");
  await user.clear(within(dialog).getByLabelText("Name"));
  await user.type(within(dialog).getByLabelText("Name"), "Gate");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const patch = sent.find(({ call }) => call.startsWith("PATCH"));
  expect(patch?.body).toEqual({ name: "Gate", address: aCamera().address, username: "operator" });
});

it("goes to the field that the hub refuses, folded away or not, until it is changed", async () => {
  const user = userEvent.setup();
  const words = { en: "Choose automatic or ffmpeg.", es: "x" };
  serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [aCamera()]],
    [`PATCH ${ONE}`]: [422, { error: { key: "engine_unfit", field: "engine", ...words } }],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Edit Entrance" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText(words.en)).toBeVisible();
  const engine = within(dialog).getByLabelText("Engine");
  await waitFor(() => expect(engine).toHaveFocus());
  await user.selectOptions(engine, "ffmpeg");
  expect(within(dialog).queryByText(words.en)).toBeNull();
});

it("sends how a camera is recorded only where it was changed", async () => {
  const user = userEvent.setup();
  const sent = serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [aCamera()]],
    [`PATCH ${ONE}`]: [200, aCamera()],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Edit Entrance" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByText("How it is recorded"));
  await user.selectOptions(within(dialog).getByLabelText("Transport"), "UDP");
  await user.selectOptions(within(dialog).getByLabelText("Record sound with the picture"), "No");
  await user.type(within(dialog).getByLabelText(/Room for its footage/), "2,5");
  await expectAccessible(dialog);
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const patch = sent.find(({ call }) => call.startsWith("PATCH"));
  expect(patch?.body).toMatchObject({ transport: "udp", records_sound: false, budget_bytes: 2.5e9 });
  expect(patch?.body).not.toHaveProperty("engine");
});

it("removes only after a second word", async () => {
  const user = userEvent.setup();
  const sent = serve({
    ...BASE,
    "GET /api/v1/cameras": [200, [aCamera()]],
    [`DELETE ${ONE}`]: [204],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Remove Entrance" }));
  expect(sent.some(({ call }) => call.startsWith("DELETE"))).toBe(false);
  await user.click(await screen.findByRole("button", { name: "Remove the camera" }));
  await waitFor(() => expect(sent.some(({ call }) => call.startsWith("DELETE"))).toBe(true));
});

it("says that the hub does not answer, and offers to try again", async () => {
  serve({});
  await show(<Cameras />);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("Sereno does not answer");
  expect(within(alert).getByRole("button", { name: "Try again" })).toBeVisible();
});
