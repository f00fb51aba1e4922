import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { RecorderSearch } from "@/rooms/camera/RecorderSearch";

import { expectAccessible, show } from "../render";
import { aCamera, aDevice, type Answer, serve, someoneWith } from "../server";

const CAMERA = aCamera().id;
const SEARCH = `POST /api/v1/cameras/${CAMERA}/recorder-searches`;
const FOLLOWED = "GET /api/v1/device-errands/e1";
const RECORDER = { device_id: aDevice().id, device: "Recorder 1", channel: "1", can_search: true, can_play: true, looked: [] };
const HOUR = { from: Date.parse("2026-11-20T10:00:00Z"), to: Date.parse("2026-11-20T11:00:00Z") };

function errand(changes: object): Answer {
  return [200, { id: "e1", kind: "device_search", state: "done", step: "", progress: null, reason: null, found: [], ...changes }];
}

function answers(followed: Answer | (() => Answer), device = aDevice()) {
  return { "GET /api/v1/devices": [200, [device]] as Answer, [SEARCH]: [202, { id: "e1" }] as Answer, [FOLLOWED]: followed };
}

async function searched(followed: Answer | (() => Answer), language: "en" | "es" = "en") {
  const sent = serve(answers(followed));
  await show(<RecorderSearch cameraId={CAMERA} recorder={RECORDER} looked={[]} view={HOUR} />, { language });
  await userEvent.click(await screen.findByRole("button"));
  return sent;
}

it("asks for what is in view, and says what was found", async () => {
  const found = [
    { from: "2026-11-20T10:00:00Z", to: "2026-11-20T10:30:00Z" },
    { from: "2026-11-20T10:40:00Z", to: "2026-11-20T10:50:00Z" },
  ];
  const sent = await searched(errand({ found }));
  expect(await screen.findByText("2 pieces of footage on the recorder, 40 min in all.")).toBeInTheDocument();
  expect(sent.find(({ call }) => call === SEARCH)?.body).toEqual({
    from: "2026-11-20T10:00:00.000Z",
    to: "2026-11-20T11:00:00.000Z",
  });
  await expectAccessible();
});

it("says how far the search is", async () => {
  await searched(errand({ state: "running", step: "searching", progress: 0.4 }));
  expect(await screen.findByText("Searching on the recorder: 40 %")).toBeInTheDocument();
});

it("says that there is nothing, or why nobody knows", async () => {
  await searched(errand({}));
  expect(await screen.findByText("The recorder holds nothing of that time.")).toBeInTheDocument();
});

it("passes on why it failed, in the reader's language", async () => {
  await searched(errand({ reason: { key: "x", en: "Busy.", es: "Ocupado.", raw: "" } }), "es");
  expect(await screen.findByText("Ocupado.")).toBeInTheDocument();
});

it("leads to the recorder, and says that its clock is off", async () => {
  const clock = { at: "2026-11-21T09:00:00Z", offset_seconds: 75, zone: "", convention: "local" };
  serve(answers(errand({}), aDevice({ clock })));
  await show(<RecorderSearch cameraId={CAMERA} recorder={RECORDER} looked={[]} view={HOUR} />);
  expect(await screen.findByText(/Its clock is 1 min 15 s ahead. The times here are put right/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Recorder 1, channel 1" })).toHaveAttribute("href", `/devices/${aDevice().id}`);
});

it("says that a clock which is lost is not believed", async () => {
  const clock = { at: "2026-11-21T09:00:00Z", offset_seconds: -864_000, zone: "", convention: "local" };
  serve(answers(errand({}), aDevice({ clock })));
  await show(<RecorderSearch cameraId={CAMERA} recorder={RECORDER} looked={[]} view={HOUR} />);
  expect(await screen.findByText(/Its clock is 10 d behind, too far to be put right/)).toBeInTheDocument();
});

it("lets those who only look see whose footage it is, and search nothing", async () => {
  serve({ ...answers(errand({})), "GET /api/v1/session": someoneWith("view") });
  await show(<RecorderSearch cameraId={CAMERA} recorder={RECORDER} looked={[]} view={HOUR} />);
  expect(await screen.findByRole("link", { name: "Recorder 1, channel 1" })).toBeInTheDocument();
  expect(screen.queryByRole("button")).toBeNull();
});

it.each([
  ["All of what is in view has been searched on the recorder.", [HOUR]],
  ["None of what is in view has been searched on the recorder yet.", []],
  ["Not searched on the recorder yet: 20 min of what is in view.", [{ ...HOUR, to: HOUR.from + 40 * 60_000 }]],
])("says what nobody has searched: %s", async (words, looked) => {
  serve(answers(errand({})));
  await show(<RecorderSearch cameraId={CAMERA} recorder={RECORDER} looked={looked} view={HOUR} />);
  expect(await screen.findByText(words)).toBeInTheDocument();
});
