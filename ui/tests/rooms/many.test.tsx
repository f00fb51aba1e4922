import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { Cameras } from "@/rooms/cameras/Cameras";

import { expectAccessible, show } from "../render";
import { type Answer, aCamera, serve, SITES, someoneWith } from "../server";

const REASON = { key: "refused", params: {}, raw: "", en: "It was refused. Check it.", es: "x" };
const CAMERAS = Array.from({ length: 12 }, (_, index) =>
  aCamera({
    id: `c-${index}`,
    name: `Room ${index}`,
    address: "rtsp://recorder/",
    status: index % 2 === 0 ? {} : { state: "waiting", reason: REASON },
  }),
);
const MANY: Record<string, Answer> = {
  "GET /api/v1/sites": SITES,
  "GET /api/v1/cameras": [200, CAMERAS],
};
const shown = () => screen.getAllByText(/^Room \d+$/, { selector: "a" }).map(({ textContent }) => textContent);

it("finds cameras by name and state, and says how many", async () => {
  const user = userEvent.setup();
  serve(MANY);
  await show(<Cameras />);
  await user.selectOptions(await screen.findByLabelText("State"), "In trouble (6)");
  expect(await screen.findByText("6 of 12")).toBeVisible();
  await user.type(screen.getByLabelText("Search by name or address"), "m 11");
  await waitFor(() => expect(shown()).toEqual(["Room 11"]));
  expect(screen.getByText("1 of 12")).toBeVisible();
  await user.type(screen.getByLabelText("Search by name or address"), "x");
  expect(await screen.findByText("Nothing fits what you look for.")).toBeVisible();
  await user.click(screen.getByText("Show all"));
  expect(await screen.findByText("12 cameras")).toBeVisible();
});

it("narrows by reason, and goes by what the address asks for", async () => {
  const user = userEvent.setup();
  serve(MANY);
  await show(<Cameras />, { path: "/cameras?q=room%201" });
  await user.selectOptions(await screen.findByLabelText("Reason"), "It was refused (6)");
  await waitFor(() => expect(shown()).toEqual(["Room 1", "Room 11"]));
});

it("pauses all that are chosen with one call, and only those that are shown", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...MANY, "POST /api/v1/pauses": [200, []] });
  await show(<Cameras />, { path: "/cameras?state=waiting" });
  await user.click(await screen.findByLabelText("Choose all 6"));
  await user.type(screen.getByLabelText("Search by name or address"), "1");
  const bar = await screen.findByRole("region", { name: "The chosen cameras" });
  await waitFor(() => expect(within(bar).getByText("2 chosen")).toBeVisible());
  await expectAccessible();
  await user.click(within(bar).getByText("Pause"));
  await user.click(await screen.findByText("Pause until tomorrow, 08:00"));
  expect(await within(bar).findByText("2 cameras are paused.")).toBeVisible();
  expect(sent.find(({ call }) => call === "POST /api/v1/pauses")?.body).toEqual({
    until_tomorrow: true,
    why: "",
    camera_ids: ["c-1", "c-11"],
  });
});

it("goes on after a refusal, and says how many were refused", async () => {
  const user = userEvent.setup();
  const words = { en: "It needs RTSP.", es: "x" };
  const sent = serve({
    ...MANY,
    "GET /api/v1/cameras": [200, CAMERAS.slice(0, 3)],
    "GET /api/v1/profiles": [200, [{ id: 5, name: "Night" }]],
    "PUT /api/v1/cameras/c-0/profile": [422, { error: { key: "unfit", field: null, ...words } }],
    "PUT /api/v1/cameras/c-1/profile": [200, CAMERAS[1]],
    "PUT /api/v1/cameras/c-2/profile": [200, CAMERAS[2]],
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("checkbox", { name: "Choose all 3" }));
  await user.click(await screen.findByRole("button", { name: "Profile…" }));
  const dialog = await screen.findByRole("dialog", { name: "Profile of 3 cameras" });
  await waitFor(() => expect(within(dialog).getByRole("option", { name: "Night" })).toBeInTheDocument());
  await user.selectOptions(within(dialog).getByLabelText("Profile"), "Night");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText("1 of 3 could not be done:")).toBeVisible();
  expect(within(dialog).getByText(words.en)).toBeVisible();
  expect(sent.filter(({ call }) => call.startsWith("PUT"))).toHaveLength(3);
});

it("offers what the person may do, and nothing else", async () => {
  const user = userEvent.setup();
  serve({
    ...MANY,
    "GET /api/v1/cameras": [200, CAMERAS.slice(0, 1)],
    "GET /api/v1/session": someoneWith("view", "operate"),
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Actions for Room 0" }));
  expect(await screen.findByRole("menuitem", { name: "Diagnose…" })).toBeVisible();
  expect(screen.queryByRole("menuitem", { name: "Change the profile…" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Edit Room 0" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Add a camera" })).toBeNull();
});

it("lets those who only look, look", async () => {
  const user = userEvent.setup();
  serve({
    ...MANY,
    "GET /api/v1/cameras": [200, CAMERAS.slice(0, 1)],
    "GET /api/v1/session": someoneWith("view"),
  });
  await show(<Cameras />);
  await user.click(await screen.findByRole("button", { name: "Actions for Room 0" }));
  expect(await screen.findByRole("menuitem", { name: "Effective command…" })).toBeVisible();
  expect(screen.getAllByRole("menuitem")).toHaveLength(1);
});
