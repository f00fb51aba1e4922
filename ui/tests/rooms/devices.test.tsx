import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";

import { Devices } from "@/rooms/devices/Devices";
import { DeviceScreen } from "@/rooms/devices/DeviceScreen";

import { expectAccessible, show } from "../render";
import { aCamera, aChannel, aDevice, type Answer, serve, SITES, someoneWith } from "../server";

const ID = aDevice().id;
const PLACE = `/api/v1/devices/${ID}`;

const READINGS: Answer = [
  200,
  [
    { at: "2026-11-20T09:00:00Z", offset_seconds: 0.2, zone: "" },
    { at: "2026-11-21T09:00:00Z", offset_seconds: 42, zone: "" },
  ],
];

function answers(...devices: object[]): Record<string, Answer | (() => Answer)> {
  return {
    "GET /api/v1/sites": SITES,
    "GET /api/v1/nodes": [200, []],
    "GET /api/v1/cameras": [200, [aCamera()]],
    "GET /api/v1/devices": [200, devices],
    [`GET ${PLACE}`]: [200, devices[0]],
    [`GET ${PLACE}/clock`]: READINGS,
    [`GET ${PLACE}/channels/1/snapshot.jpg`]: [404],
  };
}

const SCREENS = (
  <Routes>
    <Route path="/devices" element={<Devices />} />
    <Route path="/devices/:deviceId" element={<DeviceScreen />} />
  </Routes>
);

const REASON = {
  key: "device_refused",
  en: "The device does not take this password. Correct it.",
  es: "El dispositivo no acepta esta contraseña. Corríjala.",
  raw: "401 Unauthorized",
};

it("lists devices, those that need somebody first, with why and what to change", async () => {
  const away = aDevice({
    id: "de710000-0000-4000-8000-000000000002",
    name: "Recorder 2",
    state: "refused",
    reason: REASON,
    advice: [{ key: "gop_long", channel: null, setting: "I Frame Interval", en: "Long", es: "Largo" }],
    disks: [{ id: "1", name: "hdd1", state: "failing", size_bytes: 1, free_bytes: 1 }],
    clock: { at: "2026-11-21T09:00:00Z", offset_seconds: -75, zone: "", convention: "utc" },
  });
  serve(answers(aDevice(), away));
  await show(SCREENS, { path: "/devices" });
  const links = await screen.findAllByRole("link", { name: /^Recorder/ });
  expect(links.map(({ textContent }) => textContent)).toEqual(["Recorder 2", "Recorder 1"]);
  const row = within(screen.getAllByRole("row")[1] as HTMLElement);
  for (const words of ["Password refused", REASON.en, "1 needs care", "1 min 15 s behind", "1 setting"]) {
    expect(row.getByText(words)).toBeInTheDocument();
  }
  await expectAccessible();
});

it("says how many channels are online of how many, of a device that is there and tells", async () => {
  const one = (number: number, changes: object) =>
    aDevice({ id: `de710000-0000-4000-8000-00000000000${number}`, channel_count: 8, ...changes });
  serve(
    answers(
      one(1, { online_count: 7, offline_count: 1 }),
      one(2, { online_count: 0, offline_count: 0 }),
      one(3, { online_count: 6, offline_count: 2, state: "offline" }),
    ),
  );
  await show(SCREENS, { path: "/devices" });
  expect(await screen.findByText("7 of 8 online")).toBeInTheDocument();
  expect(screen.getAllByText("8 channels")).toHaveLength(2);
});

it("leads to the wizard where there is no device yet", async () => {
  serve(answers());
  await show(SCREENS, { path: "/devices", language: "es" });
  expect(await screen.findByText("Aún no hay dispositivos")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Añadir un dispositivo" })).toHaveAttribute("href", "/devices/add");
  await expectAccessible();
});

it("tells of a device what it is, its disks, its clock, and what to change on it", async () => {
  const advice = [
    { key: "zone_unset", channel: "1", setting: "Time Zone", en: "The zone is not set.", es: "Sin zona." },
  ];
  serve(answers(aDevice({ advice, camera_count: 1, channels: [aChannel({ camera_id: aCamera().id, missing_since: "2026-11-20T10:00:00Z" })] })));
  await show(SCREENS, { path: `/devices/${ID}` });
  expect(await screen.findByRole("heading", { name: "Recorder 1" })).toBeInTheDocument();
  for (const words of ["DS7608-0001", "Time Zone", "1 TB free of 4 TB", "Now: Right"]) {
    expect(screen.getByText(words)).toBeInTheDocument();
  }
  expect(screen.getByText(/\(Entrance\)/)).toBeInTheDocument();
  expect(screen.getByText(/Cannot: report events/)).toBeInTheDocument();
  const chart = await screen.findByRole("img", { name: /42 s ahead/ });
  expect(chart).toBeInTheDocument();
  const channel = within(screen.getByRole("article", { name: "Entrance" }));
  expect(await channel.findByRole("link", { name: "Entrance" })).toHaveAttribute("href", `/cameras/${aCamera().id}`);
  expect(channel.getByText(/Not on the device any more/)).toBeInTheDocument();
  expect(channel.queryByRole("checkbox")).toBeNull();
  await expectAccessible();
});

it("makes cameras of ticked channels, by the names that they are given", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...answers(aDevice()), [`POST ${PLACE}/cameras`]: [201, [aCamera()]] });
  await show(SCREENS, { path: `/devices/${ID}` });
  await user.click(await screen.findByRole("checkbox", { name: "Add Channel 2 as a camera" }));
  const name = screen.getByRole("textbox", { name: "Name of the camera" });
  await user.clear(name);
  await user.paste("Yard");
  await user.click(screen.getByRole("button", { name: "Add 1 camera" }));
  expect(await screen.findByText(/1 camera was added/)).toBeInTheDocument();
  const call = sent.find(({ call }) => call.startsWith("POST"));
  expect(call?.body).toEqual({ channels: [{ channel: "2", name: "Yard" }] });
});

it("shows a refused password once more only when somebody asks", async () => {
  const user = userEvent.setup();
  const refused = aDevice({ state: "refused", reason: REASON });
  const sent = serve({ ...answers(refused), [`POST ${PLACE}/try-again`]: [200, refused] });
  await show(SCREENS, { path: `/devices/${ID}` });
  expect(await screen.findByText(REASON.en)).toBeInTheDocument();
  expect(screen.getByText("401 Unauthorized")).toBeInTheDocument();
  await user.click(await screen.findByRole("button", { name: "Show the password once more" }));
  expect(await screen.findByRole("button", { name: "It is being shown once more." })).toBeDisabled();
  expect(sent.filter(({ call }) => call.endsWith("/try-again"))).toHaveLength(1);
});

it("asks what becomes of the cameras of a device that is removed", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...answers(aDevice({ camera_count: 2 })), [`DELETE ${PLACE}`]: [204] });
  await show(SCREENS, { path: `/devices/${ID}` });
  await user.click(await screen.findByRole("button", { name: "Remove" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("radio", { name: /Keep them/ })).toBeChecked();
  await user.click(dialog.getByRole("button", { name: "Remove the device" }));
  await waitFor(() => expect(sent.some(({ call }) => call === `DELETE ${PLACE}`)).toBe(true));
});

it("changes where a device is, and keeps a password that nobody wrote", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...answers(aDevice()), [`PATCH ${PLACE}`]: [200, aDevice()] });
  await show(SCREENS, { path: `/devices/${ID}` });
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const dialog = within(await screen.findByRole("dialog"));
  const address = dialog.getByRole("textbox", { name: "Address" });
  await user.clear(address);
  await user.paste("192.0.2.21:8080");
  await user.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent.some(({ call }) => call === `PATCH ${PLACE}`)).toBe(true));
  const body = sent.find(({ call }) => call === `PATCH ${PLACE}`)?.body;
  expect(body).toMatchObject({ host: "192.0.2.21", port: 8080, name: "Recorder 1" });
  expect(body).not.toHaveProperty("password");
});

it("offers those who only look no change", async () => {
  serve({ ...answers(aDevice({ state: "refused" })), "GET /api/v1/session": someoneWith("view") });
  await show(SCREENS, { path: `/devices/${ID}` });
  await screen.findByRole("heading", { name: "Recorder 1" });
  for (const name of ["Edit", "Remove", "Ask it now", "Show the password once more"]) {
    expect(screen.queryByRole("button", { name })).toBeNull();
  }
  expect(screen.queryByRole("checkbox")).toBeNull();
});

it("says that there is no such device", async () => {
  serve({ ...answers(aDevice()), [`GET ${PLACE}`]: [404, { error: { key: "no_device", en: "No.", es: "No." } }] });
  await show(SCREENS, { path: `/devices/${ID}` });
  expect(await screen.findByText("There is no such device")).toBeInTheDocument();
});
