import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { AddDevice } from "@/rooms/devices/AddDevice";

import { expectAccessible, show } from "../render";
import { aCamera, aDevice, type Answer, serve, SITES } from "../server";

/** A limit, not a wait: a busy machine may need it. */
const PATIENCE_MS = 60_000;
const PATIENT = { timeout: PATIENCE_MS / 2 };
const ID = aDevice().id;
const PLACE = `/api/v1/devices/${ID}`;
const ERRAND = "e77a0000-0000-4000-8000-000000000001";
const FOLLOWED = `GET /api/v1/device-errands/${ERRAND}`;

function answers(...devices: object[]): Record<string, Answer | (() => Answer)> {
  return {
    "GET /api/v1/sites": SITES,
    "GET /api/v1/nodes": [200, []],
    "GET /api/v1/cameras": [200, [aCamera()]],
    "GET /api/v1/devices": [200, devices],
    [`GET ${PLACE}`]: [200, devices[0]],
    [`GET ${PLACE}/channels/1/snapshot.jpg`]: [404],
  };
}

function errand(changes: object = {}): Answer {
  return [
    200,
    {
      id: ERRAND,
      kind: "device_probe",
      state: "running",
      step: "connecting",
      progress: null,
      reason: null,
      identity: null,
      clock_offset_seconds: null,
      capabilities: null,
      channels: null,
      advice: [],
      discovered: [],
      found: [],
      ...changes,
    },
  ];
}

const REASON = {
  key: "device_refused",
  en: "The device does not take this password. Correct it.",
  es: "El dispositivo no acepta esta contraseña. Corríjala.",
  raw: "401 Unauthorized",
};

/** Written at once, as from a clipboard. */
async function write(field: HTMLElement, text: string) {
  await userEvent.click(field);
  await userEvent.paste(text);
}

/** The wizard, when it has found out what stands at the address. */
async function found() {
  const { vendor, maker, model, serial, firmware, kind, name, channels } = aDevice();
  const identity = { vendor, maker, model, serial, firmware, kind, name, rtsp_port: 554 };
  const steps = [
    errand({ state: "waiting", step: "" }),
    errand({ step: "identifying" }),
    errand({ state: "done", identity, channels }),
  ];
  const sent = serve({
    ...answers(),
    "POST /api/v1/sites/1/probes": [202, { id: ERRAND }],
    [FOLLOWED]: () => (steps.length > 1 ? steps.shift() : steps[0]) as Answer,
    "POST /api/v1/devices": [201, aDevice()],
    [`GET ${PLACE}`]: [200, aDevice()],
    [`POST ${PLACE}/cameras`]: [201, [aCamera(), aCamera({ id: "c2" })]],
  });
  await show(<AddDevice />);
  await write(await screen.findByRole("textbox", { name: "Address" }), "192.0.2.20");
  await write(screen.getByRole("textbox", { name: "User name" }), "operator");
  await write(screen.getByLabelText("Password"), "secret");
  await userEvent.click(screen.getByRole("button", { name: "Find out what is there" }));
  const heading = { name: "Hikvision DS-7608NI-K2" };
  expect(await screen.findByRole("heading", heading, { timeout: PATIENCE_MS })).toHaveFocus();
  return sent;
}

it("finds out by itself what stands at an address", async () => {
  const sent = await found();
  expect(sent.find(({ call }) => call.includes("probes"))?.body).toMatchObject({
    host: "192.0.2.20",
    is_tls: false,
    username: "operator",
    password: "secret",
  });
  await expectAccessible();
}, PATIENCE_MS);

it("adds what was found, and makes cameras of its channels", async () => {
  const sent = await found();
  await userEvent.click(screen.getByRole("button", { name: "Add the device" }));
  await userEvent.click(
    await screen.findByRole("button", { name: "Tick all 2 that are no cameras yet" }),
  );
  expect(sent.find(({ call }) => call === "POST /api/v1/devices")?.body).toMatchObject({
    name: "Recorder 1",
    site_id: 1,
    serial: "DS7608-0001",
    vendor: "hikvision",
    password: "secret",
  });
  await userEvent.click(screen.getByRole("button", { name: "Add 2 cameras" }));
  const link = await screen.findByRole("link", { name: "See them on the wall" });
  expect(link).toHaveAttribute("href", "/");
}, PATIENCE_MS);

it("says why it could not be found out, and keeps what was written", async () => {
  serve({
    ...answers(),
    "POST /api/v1/sites/1/probes": [202, { id: ERRAND }],
    [FOLLOWED]: errand({ state: "done", reason: REASON }),
  });
  await show(<AddDevice />, { language: "es" });
  await write(await screen.findByRole("textbox", { name: "Dirección" }), "192.0.2.20");
  await userEvent.click(screen.getByRole("button", { name: "Averiguar qué hay" }));
  const alert = within(await screen.findByRole("alert"));
  expect(alert.getByText(REASON.es)).toBeInTheDocument();
  expect(screen.getByRole("textbox", { name: "Dirección" })).toHaveValue("192.0.2.20");
  await expectAccessible();
});

/** Of each probe that was asked for, whether a refused password was to be shown once more. */
function triesOf(sent: readonly { call: string; body?: unknown }[]) {
  const probes = sent.filter(({ call }) => call.includes("probes"));
  return probes.map(({ body }) => (body as { tries_again: boolean }).tries_again);
}

it("shows a refused password once more only where somebody asks, once a press", async () => {
  const sent = serve({
    ...answers(),
    "POST /api/v1/sites/1/probes": [202, { id: ERRAND }],
    [FOLLOWED]: errand({ state: "done", reason: { ...REASON, key: "login_refused" } }),
  });
  await show(<AddDevice />);
  await write(await screen.findByRole("textbox", { name: "Address" }, PATIENT), "192.0.2.20");
  await userEvent.click(screen.getByRole("button", { name: "Find out what is there" }));
  expect(await screen.findByRole("alert", {}, PATIENT)).toHaveFocus();
  await userEvent.click(screen.getByRole("button", { name: "Show the password once more" }));
  await waitFor(() => expect(triesOf(sent)).toEqual([false, true]), PATIENT);
}, PATIENCE_MS);

it("finds out again after any other failure, and shows nothing once more", async () => {
  const sent = serve({
    ...answers(),
    "POST /api/v1/sites/1/probes": [202, { id: ERRAND }],
    [FOLLOWED]: errand({ state: "expired" }),
  });
  await show(<AddDevice />);
  await write(await screen.findByRole("textbox", { name: "Address" }, PATIENT), "192.0.2.20");
  await userEvent.click(screen.getByRole("button", { name: "Find out what is there" }));
  await userEvent.click(await screen.findByRole("button", { name: "Try again" }, PATIENT));
  await waitFor(() => expect(triesOf(sent)).toEqual([false, false]), PATIENT);
}, PATIENCE_MS);

it("lets a person end the wait, and go on by keys", async () => {
  serve({
    ...answers(),
    "POST /api/v1/sites/1/probes": [202, { id: ERRAND }],
    [FOLLOWED]: errand({ step: "identifying" }),
  });
  await show(<AddDevice />);
  await write(await screen.findByRole("textbox", { name: "Address" }, PATIENT), "192.0.2.20");
  await userEvent.keyboard("{Enter}");
  await userEvent.click(await screen.findByRole("button", { name: "Cancel" }, PATIENT));
  expect(screen.getByRole("heading", { name: "Where is it?" })).toHaveFocus();
  expect(screen.getByRole("textbox", { name: "Address" })).toHaveValue("192.0.2.20");
}, PATIENCE_MS);

it("asks for an address that is one", async () => {
  const sent = serve(answers());
  await show(<AddDevice />);
  await write(await screen.findByRole("textbox", { name: "Address" }), "http://admin:secret@192.0.2.20");
  await userEvent.click(screen.getByRole("button", { name: "Find out what is there" }));
  expect(await screen.findByText(/into their own fields/)).toBeInTheDocument();
  expect(sent.some(({ call }) => call.startsWith("POST"))).toBe(false);
});

it("takes over what answers on the network, and says what is here already", async () => {
  const one = { device_id: null, is_tls: false, maker: "Dahua", model: "NVR", name: "", vendor: "dahua" };
  const discovered = [
    { ...one, host: "192.0.2.20", port: 80, device_id: ID },
    { ...one, host: "192.0.2.30", port: 8080, name: "Recorder 3" },
  ];
  const sent = serve({
    ...answers(aDevice()),
    "POST /api/v1/sites/1/discoveries": [202, { id: ERRAND }],
    [FOLLOWED]: errand({ kind: "device_discover", state: "done", discovered }),
  });
  await show(<AddDevice />);
  await write(await screen.findByLabelText(/Also look at each address/), "192.0.2.0/24");
  await userEvent.click(screen.getByRole("button", { name: "Look for devices" }));
  await userEvent.click(await screen.findByRole("button", { name: "Use Recorder 3" }));
  expect(screen.getByRole("textbox", { name: "Address" })).toHaveValue("192.0.2.30:8080");
  expect(screen.getByRole("textbox", { name: "User name" })).toHaveFocus();
  expect(screen.getByRole("link", { name: "Recorder 1" })).toBeInTheDocument();
  expect(sent.find(({ call }) => call.includes("discoveries"))?.body).toEqual({ subnet: "192.0.2.0/24" });
});
