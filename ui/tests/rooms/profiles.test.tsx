import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";

import { Profiles } from "@/rooms/profiles/Profiles";
import { ProfileScreen } from "@/rooms/profiles/ProfileScreen";

import { expectAccessible, show } from "../render";
import { aCamera, serve, SITES, someoneWith } from "../server";

const words = (en: string) => ({ en, es: `${en} (es)` });
const BARE = { choices: [], least: null, most: null, unit: "", default: null, example: "x" };
const KNOBS = [
  {
    ...BARE,
    name: "engine",
    kind: "choice",
    choices: ["auto", "native", "ffmpeg"],
    concerns: "recording",
    label: words("Engine"),
    what: words("Which program records."),
    why: words("Some cameras need ffmpeg."),
  },
  {
    ...BARE,
    name: "nice",
    kind: "integer",
    concerns: "recording",
    label: words("Priority"),
    what: words("How readily it yields."),
    why: words("Recording comes first."),
  },
  {
    ...BARE,
    name: "extra_cli",
    kind: "text",
    default: "",
    concerns: "recording",
    label: words("Extra options"),
    what: words("Options for ffmpeg."),
    why: words("For rare cameras."),
  },
];
const BASE = {
  id: 1,
  name: "Standard",
  note: "",
  based_on: null,
  knobs: { nice: 5 },
  version: 1,
  changed_at: "2026-11-21T08:00:00Z",
  camera_count: 0,
};
const NIGHT = { ...BASE, id: 2, name: "Night", based_on: 1, knobs: { engine: "ffmpeg" }, version: 3 };
const PREVIEW = {
  values: [
    { name: "engine", value: "ffmpeg", origin: { kind: "profile", name: "Night" } },
    { name: "nice", value: 5, origin: { kind: "profile", name: "Standard" } },
    { name: "extra_cli", value: "", origin: { kind: "default", name: "" } },
  ],
  notices: [{ key: "n", params: {}, raw: "", ...words("This selects ffmpeg.") }],
  cameras: [{ id: "a", name: "Gate" }],
  restarts: [{ id: "a", name: "Gate" }],
};
const ANSWERS = {
  "GET /api/v1/sites": SITES,
  "GET /api/v1/cameras": [200, [aCamera()]] as [number, unknown],
  "GET /api/v1/knobs": [200, KNOBS] as [number, unknown],
  "GET /api/v1/profiles": [200, [NIGHT, BASE]] as [number, unknown],
  "GET /api/v1/profiles/2/versions": [200, []] as [number, unknown],
  "POST /api/v1/profiles/preview": [200, PREVIEW] as [number, unknown],
};
const rooms = (
  <Routes>
    <Route path="/plans/profiles" element={<Profiles />} />
    <Route path="/plans/profiles/new" element={<ProfileScreen />} />
    <Route path="/plans/profiles/:profileId" element={<ProfileScreen />} />
  </Routes>
);

it("shows what is inherited and from where, and what saving would mean", async () => {
  serve(ANSWERS);
  await show(rooms, { path: "/plans/profiles/2" });
  expect(await screen.findByLabelText("Engine")).toHaveValue("ffmpeg");
  const nice = screen.getByLabelText("Priority");
  await waitFor(() => expect(nice).toHaveAttribute("placeholder", "5 (from Standard)"));
  expect(nice).toHaveValue("");
  expect(screen.getByText("This selects ffmpeg.")).toBeVisible();
  expect(screen.getByText("Gate")).toBeVisible();
  expect(screen.getByText(/1 camera starts anew/)).toBeVisible();
  await expectAccessible();
});

it("asks the hub while it is written, and saves only what is said, now", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...ANSWERS, "PATCH /api/v1/profiles/2": [200, NIGHT] });
  await show(rooms, { path: "/plans/profiles/2" });
  await user.selectOptions(await screen.findByLabelText("Engine"), "");
  await user.type(screen.getByLabelText("Priority"), "10");
  await waitFor(() => {
    const asked = sent.filter(({ call }) => call === "POST /api/v1/profiles/preview");
    expect(asked.at(-1)?.body).toEqual({ id: 2, based_on: 1, knobs: { nice: 10 } });
  });
  await user.click(screen.getByRole("radio", { name: /^Now/ }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("heading", { name: "Profiles" })).toBeVisible();
  expect(sent.find(({ call }) => call === "PATCH /api/v1/profiles/2")?.body).toEqual({
    name: "Night",
    note: "",
    based_on: 1,
    knobs: { nice: 10 },
    applies: "now",
    if_version: 3,
  });
});

it("shows the hub's refusal at the knob", async () => {
  const error = { key: "x", field: "knobs.extra_cli", ...words("-i may not be written here.") };
  serve({ ...ANSWERS, "POST /api/v1/profiles/preview": [422, { error }] });
  await show(rooms, { path: "/plans/profiles/2" });
  expect(await screen.findByText("-i may not be written here.")).toBeVisible();
  expect(screen.getByLabelText("Extra options")).toBeInvalid();
});

it("starts a new one from another", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...ANSWERS, "POST /api/v1/profiles": [201, NIGHT] });
  await show(rooms, { path: "/plans/profiles/new?based_on=1" });
  await user.type(await screen.findByLabelText("Name"), "Quiet");
  expect(screen.getByLabelText("Based on")).toHaveValue("1");
  await user.click(screen.getByRole("button", { name: "Create the profile" }));
  await waitFor(() =>
    expect(sent.find(({ call }) => call === "POST /api/v1/profiles")?.body).toEqual({
      name: "Quiet",
      note: "",
      based_on: 1,
      knobs: {},
    }),
  );
});

it("takes away what is inherited, by saying that it is empty", async () => {
  const user = userEvent.setup();
  const values = PREVIEW.values.with(2, {
    name: "extra_cli",
    value: "-rtsp_flags prefer_tcp",
    origin: { kind: "profile", name: "Standard" },
  });
  const sent = serve({
    ...ANSWERS,
    "POST /api/v1/profiles/preview": [200, { ...PREVIEW, values }],
    "PATCH /api/v1/profiles/2": [200, NIGHT],
  });
  await show(rooms, { path: "/plans/profiles/2" });
  await user.click(await screen.findByRole("checkbox", { name: "Empty, whatever is inherited" }));
  expect(screen.getByLabelText("Extra options")).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent.find(({ call }) => call.startsWith("PATCH"))).toBeDefined());
  expect(sent.find(({ call }) => call.startsWith("PATCH"))?.body).toMatchObject({
    knobs: { engine: "ffmpeg", extra_cli: "" },
    if_version: 3,
  });
});

it("says that somebody changed it meanwhile, and shows what is there now", async () => {
  const user = userEvent.setup();
  const words = { en: "Ana changed this 2 minutes ago. Look at it again, then change it.", es: "x" };
  let now = NIGHT;
  serve({
    ...ANSWERS,
    "GET /api/v1/profiles": () => [200, [now, BASE]],
    "PATCH /api/v1/profiles/2": () => {
      now = { ...NIGHT, version: 4, name: "Night, quiet" };
      return [409, { error: { key: "changed_meanwhile", field: null, ...words } }];
    },
  });
  await show(rooms, { path: "/plans/profiles/2" });
  const name = await screen.findByLabelText("Name");
  await user.type(name, " and loud");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(words.en)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Look at it again" }));
  await waitFor(() => expect(screen.getByLabelText("Name")).toHaveValue("Night, quiet"));
  expect(screen.queryByText(words.en)).toBeNull();
});

it("lets people who may not change a profile look at it", async () => {
  serve({ ...ANSWERS, "GET /api/v1/session": someoneWith("view", "operate") });
  await show(rooms, { path: "/plans/profiles/2" });
  expect(await screen.findByLabelText("Engine")).toHaveValue("ffmpeg");
  expect(screen.getByLabelText("Engine")).toBeDisabled();
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Remove Night" })).toBeNull();
});

it("gives cameras a profile", async () => {
  const user = userEvent.setup();
  const camera = aCamera();
  const sent = serve({
    ...ANSWERS,
    [`PUT /api/v1/cameras/${camera.id}/profile`]: [200, camera],
  });
  await show(rooms, { path: "/plans/profiles" });
  await user.click(await screen.findByRole("button", { name: "Choose the cameras of Night" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(await within(dialog).findByLabelText("Entrance"));
  await expectAccessible(dialog);
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent.find(({ call }) => call.startsWith("PUT"))?.body).toEqual({
    profile_id: 2,
    applies: "next_spawn",
  });
});
