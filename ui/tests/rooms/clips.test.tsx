import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { Clips } from "@/rooms/clips/Clips";

import { expectAccessible, show } from "../render";
import { aCamera, type Answer, serve, SITES, someoneWith } from "../server";

const CAMERA = "ca3e0000-0000-4000-8000-000000000001";
const ID = "c11b0000-0000-4000-8000-000000000001";

function aClip(changes: object = {}) {
  return {
    id: ID,
    camera_id: CAMERA,
    camera: "Entrance",
    node: "box",
    stream: "main",
    name: "Broken window",
    from: "2026-11-20T22:30:00Z",
    to: "2026-11-20T22:40:00Z",
    made_by: "ana",
    made_at: "2026-11-21T09:00:00Z",
    expires_at: null,
    state: "ready",
    done_bytes: 300_000_000,
    size_bytes: 300_000_000,
    expected_bytes: null,
    shown: { from: "2026-11-20T22:29:59Z", to: "2026-11-20T22:40:00Z" },
    duration_seconds: 571,
    gaps: [{ from: "2026-11-20T22:31:00Z", to: "2026-11-20T22:31:30Z" }],
    sha256: "ab",
    is_cut_short: false,
    reason: null,
    ...changes,
  };
}

function answers(...clips: object[]): Record<string, Answer | (() => Answer)> {
  const place = `/media/v1/clips/${ID}`;
  return {
    "GET /api/v1/sites": SITES,
    "GET /api/v1/cameras": [200, [aCamera()]],
    "GET /api/v1/clips": [200, clips],
    [`POST /api/v1/clips/${ID}/ticket`]: [
      200,
      {
        ticket: "leave",
        expires_at: "2026-11-21T10:00:00Z",
        play_url: `${place}.mp4?ticket=leave`,
        download_url: `${place}.mp4?ticket=leave&name=Broken`,
        sidecar_url: `${place}.json?ticket=leave`,
      },
    ],
  };
}

it("tells what each clip shows, how large it is, and what is missing in it", async () => {
  serve(answers(aClip()));
  await show(<Clips />);
  const row = (await screen.findByText("Broken window")).closest("tr");
  expect(row).toHaveTextContent("20 Nov 2026, 23:30:00 – 23:40:00 · CET");
  expect(row).toHaveTextContent("Ready");
  expect(row).toHaveTextContent("9 min 31 s · 300 MB");
  expect(row).toHaveTextContent("1 gap inside, 30 s without footage");
  expect(row).toHaveTextContent("Until deleted");
  expect(row).toHaveTextContent("ana");
  await expectAccessible();
});

it("shows how far one is while it is made, and why one failed", async () => {
  const reason = { key: "x", params: {}, en: "There is no footage.", es: "No hay.", raw: "" };
  serve(
    answers(
      aClip({ state: "making", done_bytes: 75_000_000, gaps: [], duration_seconds: null }),
      aClip({ id: "c2", name: "Other", state: "failed", size_bytes: null, reason, gaps: [] }),
      aClip({ id: "c3", name: "Third", state: "waiting", size_bytes: null, gaps: [] }),
    ),
  );
  await show(<Clips />);
  const bar = await screen.findByRole("progressbar", { name: "How much of Broken window is made" });
  expect(bar).toHaveAttribute("aria-valuenow", "25");
  expect(screen.getByText("75 MB of 300 MB")).toBeInTheDocument();
  expect(screen.getByText("There is no footage.")).toBeInTheDocument();
  expect(screen.getByText("Waiting")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Play/ })).toBeNull();
  await expectAccessible();
});

it("renames in place, by the keyboard alone", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...answers(aClip()), [`PATCH /api/v1/clips/${ID}`]: [200, aClip()] });
  await show(<Clips />);
  (await screen.findByRole("button", { name: "Rename Broken window" })).focus();
  await user.keyboard("{Enter}");
  const field = screen.getByRole("textbox", { name: "Name" });
  expect(field).toHaveFocus();
  await user.clear(field);
  await user.keyboard("The window{Enter}");
  await waitFor(() => expect(screen.queryByRole("textbox", { name: "Name" })).toBeNull());
  expect(sent.find(({ call }) => call.startsWith("PATCH"))?.body).toEqual({ name: "The window" });
});

it("changes until when a clip is kept", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...answers(aClip()), [`PATCH /api/v1/clips/${ID}`]: [200, aClip()] });
  await show(<Clips />);
  await user.click(await screen.findByTitle("Change until when Broken window is kept"));
  const week = await screen.findByRole("menuitem", { name: "For 7 more days" });
  await expectAccessible();
  await user.click(week);
  await waitFor(() => expect(sent.some(({ call }) => call.startsWith("PATCH"))).toBe(true));
  const { expires_at } = sent.find(({ call }) => call.startsWith("PATCH"))?.body as { expires_at: string };
  const days = (Date.parse(expires_at) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThanOrEqual(7);
});

it("deletes after a second word, and says that the footage stays", async () => {
  const user = userEvent.setup();
  const sent = serve({ ...answers(aClip()), [`DELETE /api/v1/clips/${ID}`]: [204] });
  await show(<Clips />);
  await user.click(await screen.findByRole("button", { name: "Delete Broken window" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("The footage that it was cut from stays.");
  await user.click(within(dialog).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(sent.some(({ call }) => call.startsWith("DELETE"))).toBe(true));
});

it("gives the focus back to who asked, and not to the page", async () => {
  const user = userEvent.setup();
  serve(answers(aClip()));
  await show(<Clips />);
  const remove = await screen.findByRole("button", { name: "Delete Broken window" });
  remove.focus();
  await user.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog");
  await waitFor(() => expect(within(dialog).getByRole("button", { name: "Cancel" })).toHaveFocus());
  await user.keyboard("{Escape}");
  await waitFor(() => expect(remove).toHaveFocus());
});

it("downloads the video and its record by addresses of their own", async () => {
  const user = userEvent.setup();
  const followed: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    followed.push(this.getAttribute("href") ?? "");
  });
  serve(answers(aClip()));
  await show(<Clips />);
  await user.click(await screen.findByRole("button", { name: "Download Broken window" }));
  await user.click(await screen.findByRole("menuitem", { name: "Video (MP4)" }));
  await waitFor(() => expect(followed).toEqual([`/media/v1/clips/${ID}.mp4?ticket=leave&name=Broken`]));
  await user.click(screen.getByRole("button", { name: "Download Broken window" }));
  await user.click(await screen.findByRole("menuitem", { name: /^Its record/ }));
  await waitFor(() => expect(followed[1]).toBe(`/media/v1/clips/${ID}.json?ticket=leave`));
});

it("plays a clip, asks anew where its address ended, and says so where it cannot", async () => {
  const user = userEvent.setup();
  serve(answers(aClip()));
  await show(<Clips />);
  await user.click(await screen.findByRole("button", { name: "Play Broken window" }));
  const dialog = await screen.findByRole("dialog");
  const video = () => dialog.querySelector("video") as HTMLVideoElement;
  await waitFor(() => expect(video()).toHaveAttribute("src", `/media/v1/clips/${ID}.mp4?ticket=leave`));
  const first = video();
  first.dispatchEvent(new Event("loadeddata"));
  first.dispatchEvent(new Event("error"));
  await waitFor(() => expect(video()).not.toBe(first));
  await waitFor(() => expect(video()).not.toBeNull());
  video().dispatchEvent(new Event("error"));
  expect(await within(dialog).findByText("This browser cannot play the clip")).toBeInTheDocument();
});

it("explains how to make one where there is none", async () => {
  serve(answers());
  await show(<Clips />, { language: "es" });
  expect(await screen.findByText("Todavía no hay clips")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Ir a las grabaciones" })).toHaveAttribute("href", "/recordings");
  await expectAccessible();
});

it("offers those who only look no change", async () => {
  serve({ ...answers(aClip()), "GET /api/v1/session": someoneWith("view") });
  await show(<Clips />);
  await screen.findByRole("button", { name: "Play Broken window" });
  for (const name of ["Rename Broken window", "Delete Broken window"]) {
    expect(screen.queryByRole("button", { name })).toBeNull();
  }
});

it("looks for what its address says", async () => {
  serve(answers(aClip(), aClip({ id: "c2", name: "Gate", made_by: "luis" })));
  await show(<Clips />, { path: "/clips?q=gate" });
  expect(await screen.findByText("Gate")).toBeInTheDocument();
  expect(screen.getByRole("searchbox")).toHaveValue("gate");
  expect(screen.queryByText("Broken window")).toBeNull();
});

it("narrows the list by name, camera or person", async () => {
  const user = userEvent.setup();
  serve(answers(aClip(), aClip({ id: "c2", name: "Gate", made_by: "luis" })));
  await show(<Clips />);
  await user.type(await screen.findByRole("searchbox"), "luis");
  expect(screen.queryByText("Broken window")).toBeNull();
  await user.type(screen.getByRole("searchbox"), " nobody");
  expect(screen.getByRole("status")).toHaveTextContent("Nothing fits");
});
