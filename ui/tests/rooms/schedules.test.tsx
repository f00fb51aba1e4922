import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";

import { Calendars } from "@/rooms/schedules/Calendars";
import { Groups } from "@/rooms/schedules/Groups";
import { Picture } from "@/rooms/schedules/Picture";
import { Schedules } from "@/rooms/schedules/Schedules";
import { ScheduleScreen } from "@/rooms/schedules/ScheduleScreen";

import { expectAccessible, show } from "../render";
import { type Answer, aCamera, serve, SITES } from "../server";

const CAMERA = aCamera();
const WHY = { key: "scheduled", params: {}, en: "School hours asks for it.", es: "x" };
const RESTS = { key: "not_scheduled", params: {}, en: "No schedule asks for it.", es: "x" };
const PIECES = [
  { from: "2026-11-23T07:00:00Z", to: "2026-11-23T17:00:00Z", runs: true, profile: "Day", why: WHY },
  { from: "2026-11-23T17:00:00Z", to: "2026-11-24T07:00:00Z", runs: false, profile: "", why: RESTS },
];
const SCHEDULE = {
  id: 4,
  name: "School hours",
  purpose: "recording",
  kind: "weekly",
  is_enabled: false,
  intervals: [{ days: [1, 2, 3, 4, 5], from: "18:00", to: "24:00", profile_id: null }],
  once: null,
  cron: "",
  cron_minutes: 0,
  exceptions: [],
  calendar_id: null,
  holiday_intervals: [],
  profile_id: null,
  camera_ids: [CAMERA.id],
  group_ids: [],
  version: 2,
  changed_at: "2026-11-20T08:00:00Z",
  changed_by: "ana",
};
const ANSWERS: Record<string, Answer> = {
  "GET /api/v1/sites": SITES,
  "GET /api/v1/cameras": [200, [CAMERA]],
  "GET /api/v1/groups": [200, [{ id: 1, name: "Corridors", camera_ids: [] }]],
  "GET /api/v1/calendars": [200, [{ id: 3, name: "Holidays", dates: [] }]],
  "GET /api/v1/profiles": [200, []],
  "GET /api/v1/schedules": [200, [SCHEDULE]],
  "POST /api/v1/schedules/check": [200, { pieces: PIECES, notices: [] }],
};
const rooms = (
  <Routes>
    <Route path="/plans/schedules" element={<Schedules />} />
    <Route path="/plans/schedules/new" element={<ScheduleScreen />} />
    <Route path="/plans/schedules/:scheduleId" element={<ScheduleScreen />} />
  </Routes>
);

it("tells each schedule in a line", async () => {
  serve(ANSWERS);
  await show(rooms, { path: "/plans/schedules" });
  const row = await screen.findByRole("row", { name: /School hours/ });
  expect(within(row).getByText("Mon–Fri 18:00–00:00")).toBeVisible();
  expect(await within(row).findByText("Entrance")).toBeVisible();
  expect(within(row).getByText("off")).toBeVisible();
  await expectAccessible();
});

it("is written by keyboard, checked while it is written, and saved as the hub takes it", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...ANSWERS, "PATCH /api/v1/schedules/4": [200, SCHEDULE] });
  await show(rooms, { path: "/plans/schedules/4" });
  const interval = await screen.findByRole("group", { name: "Interval 1" });
  expect(within(interval).getByLabelText("To")).toHaveValue("00:00");
  await user.click(within(interval).getByRole("checkbox", { name: "Saturday" }));
  fireEvent.change(within(interval).getByLabelText("From"), { target: { value: "22:00" } });
  fireEvent.change(within(interval).getByLabelText("To"), { target: { value: "06:00" } });
  expect(within(interval).getByText("Ends on the day after, at 06:00.")).toBeVisible();
  const intervals = [{ days: [1, 2, 3, 4, 5, 6], from: "22:00", to: "06:00", profile_id: null }];
  await waitFor(() => {
    const asked = sent.filter(({ call }) => call.endsWith("/schedules/check")).at(-1)?.body;
    expect(asked).toMatchObject({ time_zone: "Europe/Madrid", schedule: { intervals } });
  });
  expect(await screen.findByRole("region", { name: "The next 14 days" })).toBeVisible();
  await expectAccessible();
  await user.click(screen.getByText("Save"));
  await waitFor(() =>
    expect(sent.find(({ call }) => call.startsWith("PATCH"))?.body).toMatchObject({
      intervals,
      if_version: 2,
    }),
  );
});

it("sends of a schedule only what its kind uses", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...ANSWERS, "POST /api/v1/schedules": [201, SCHEDULE] });
  await show(rooms, { path: "/plans/schedules/new" });
  fireEvent.change(await screen.findByLabelText("Name"), { target: { value: "Round" } });
  await user.click(screen.getByLabelText("By cron"));
  const cron = screen.getByLabelText("Cron expression");
  fireEvent.change(cron, { target: { value: "0 7 * * 1-5" } });
  await user.click(screen.getByText("Create the schedule"));
  await waitFor(() =>
    expect(sent.find(({ call }) => call === "POST /api/v1/schedules")?.body).toMatchObject({
      name: "Round",
      kind: "cron",
      cron: "0 7 * * 1-5",
      cron_minutes: 60,
      intervals: [],
      once: null,
    }),
  );
});

it("shows the hub's refusal at the field", async () => {
  const error = { key: "cron_bad", field: "cron", en: "25 is no hour.", es: "x" };
  const user = userEvent.setup();
  serve({ ...ANSWERS, "POST /api/v1/schedules/check": [422, { error }] });
  await show(rooms, { path: "/plans/schedules/new" });
  await user.click(await screen.findByRole("radio", { name: "By cron" }));
  expect(await screen.findByText("25 is no hour.")).toBeVisible();
  expect(screen.getByLabelText("Cron expression")).toBeInvalid();
});

it("draws the days to come, and tells the same as a table", async () => {
  const user = userEvent.setup();
  const camera = { id: CAMERA.id, name: "Entrance", time_zone: "Europe/Madrid", analysis: [] };
  const preview = {
    from: "2026-11-23T07:00:00Z",
    to: "2026-11-24T07:00:00Z",
    cameras: [{ ...camera, recording: PIECES }],
  };
  serve({ ...ANSWERS, "GET /api/v1/preview": [200, preview] });
  await show(<Picture />);
  const line = await screen.findByRole("img", { name: /Entrance: runs 42% of the time/ });
  expect(line.querySelectorAll("[data-kind=runs]")).toHaveLength(1);
  expect(line.querySelectorAll("[data-kind=rests]")).toHaveLength(1);
  await expectAccessible();
  await user.click(screen.getByRole("radio", { name: "Table" }));
  const table = await screen.findByRole("table", { name: "Entrance" });
  const row = within(table).getByRole("row", { name: /School hours asks for it/ });
  expect(within(row).getByText("23 Nov 2026, 08:00")).toBeVisible();
  expect(within(row).getByText("Day")).toBeVisible();
  await expectAccessible();
});

it("keeps groups", async () => {
  const user = userEvent.setup();
  const sent = serve({
    ...ANSWERS,
    "POST /api/v1/groups": [201, { id: 2, name: "Yard", camera_ids: [] }],
    "DELETE /api/v1/groups/1": [204],
  });
  await show(<Groups />);
  await user.click(await screen.findByRole("button", { name: "New group" }));
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Yard");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent.find(({ call }) => call.startsWith("POST"))?.body).toEqual({
    name: "Yard",
    camera_ids: [],
  });
  await user.click(screen.getByRole("button", { name: "Remove Corridors" }));
  await user.click(await screen.findByRole("button", { name: "Remove" }));
  await waitFor(() => expect(sent.some(({ call }) => call.startsWith("DELETE"))).toBe(true));
});

it("keeps calendars", async () => {
  const user = userEvent.setup();
  const sent = serve({
    ...ANSWERS,
    "PATCH /api/v1/calendars/3": [200, { id: 3, name: "Holidays", dates: [] }],
  });
  await show(<Calendars />);
  await user.click(await screen.findByRole("button", { name: "Edit Holidays" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Add a day" }));
  fireEvent.change(within(dialog).getByLabelText("Date"), { target: { value: "2026-12-25" } });
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sent.find(({ call }) => call.startsWith("PATCH"))?.body).toEqual({
      name: "Holidays",
      dates: [{ date: "2026-12-25", name: "" }],
    }),
  );
});
