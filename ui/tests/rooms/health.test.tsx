import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { HealthBadge } from "@/app/shell/HealthBadge";
import { Health } from "@/rooms/health/Health";

import { expectAccessible, show } from "../render";
import { type Answer, serve, SITES } from "../server";

const CAMERAS = [1, 2].map((n) => ({
  id: `ca3e0000-0000-4000-8000-00000000000${n}`,
  name: `Classroom ${n}`,
}));

function aProblem(changes: object = {}) {
  return {
    id: "refused camera x",
    key: "refused",
    severity: "serious",
    subject: { kind: "camera", id: "x", name: "203.0.113.9" },
    site: { id: 1, name: "Colegio San Martín" },
    since: new Date(Date.now() - 300_000).toISOString(),
    words: { en: "2 cameras of 203.0.113.9: its port is closed.", es: "Puerto cerrado." },
    advice: { en: "Check the port.", es: "Revise el puerto." },
    raw: "errno 111",
    concerns: 2,
    cameras: CAMERAS,
    link: "/cameras",
    ...changes,
  };
}

const CLOCK = aProblem({
  id: "clock_loose clock y",
  severity: "minor",
  subject: { kind: "clock", id: "y", name: "box" },
  site: { id: 2, name: "Town hall" },
  words: { en: "Nothing keeps the clock right.", es: "El reloj." },
  raw: "",
  cameras: [],
  link: "/system",
});
const DISK = aProblem({
  id: "disk_full disk z",
  severity: "critical",
  subject: { kind: "disk", id: "z", name: "box: /mnt/a" },
  words: { en: "The disk is full.", es: "El disco está lleno." },
  raw: "",
  advice: { en: "", es: "" },
  cameras: [],
  link: "/system",
});

function answers(...problems: object[]): Record<string, Answer> {
  const is_well = problems.every((each) => "severity" in each && each.severity === "minor");
  const health = { is_well, checked_at: new Date().toISOString(), problems };
  return { "GET /api/v1/sites": SITES, "GET /api/v1/health": [200, health] };
}

it("tells what is wrong, the worst first, as a list with headings", async () => {
  const user = userEvent.setup();
  serve(answers(DISK, aProblem(), CLOCK));
  await show(<Health />);
  expect(await screen.findByRole("status")).toHaveTextContent("2 problems need somebody.");
  const headings = screen.getAllByRole("heading").map(({ textContent }) => textContent);
  expect(headings).toEqual([
    "Health",
    "Critical (1)",
    "box: /mnt/a · Colegio San Martín",
    "Serious (1)",
    "203.0.113.9 · Colegio San Martín",
    "Good to know (1)",
    "box · Town hall",
  ]);
  const card = screen.getByRole("article", { name: /203.0.113.9/ });
  expect(card).toHaveTextContent("its port is closed");
  expect(card).toHaveTextContent("What to do: Check the port.");
  expect(card).toHaveTextContent(/For 5 min( \d+ s)?, since/);
  await user.click(within(card).getByText("2 cameras"));
  expect(within(card).getByRole("link", { name: "Classroom 2" })).toHaveAttribute(
    "href",
    `/cameras/${CAMERAS[1]?.id ?? ""}`,
  );
  await user.click(within(card).getByText("In its own words"));
  expect(within(card).getByText("errno 111")).toBeVisible();
  expect(within(card).getByRole("link", { name: "Go to the cameras" })).toHaveAttribute(
    "href",
    "/cameras",
  );
  const disk = screen.getByRole("article", { name: /mnt/ });
  expect(within(disk).queryByText(/What to do/)).toBeNull();
  await expectAccessible();
});

it("shows those of one kind, or of one site", async () => {
  const user = userEvent.setup();
  serve(answers(DISK, aProblem(), CLOCK));
  await show(<Health />);
  await user.click(await screen.findByRole("radio", { name: "Clocks" }));
  expect(screen.getAllByRole("article")).toHaveLength(1);
  expect(screen.getByRole("article", { name: /box · Town hall/ })).toBeVisible();
  await user.selectOptions(screen.getByLabelText("Site"), "Colegio San Martín");
  expect(screen.queryByRole("article")).toBeNull();
  expect(screen.getByText(/Nothing is wrong with these/)).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "All" }));
  expect(screen.getAllByRole("article")).toHaveLength(2);
});

it("shows those that its address names", async () => {
  serve(answers(DISK, aProblem(), CLOCK));
  await show(<Health />, { path: "/health?kind=clock&site=2" });
  expect(await screen.findByRole("article", { name: /box · Town hall/ })).toBeVisible();
  expect(screen.getAllByRole("article")).toHaveLength(1);
});

it("calls all well", async () => {
  serve(answers());
  await show(<Health />, { language: "es" });
  expect(await screen.findByText(/^\d\d:\d\d h, y sereno$/)).toBeVisible();
  expect(screen.getByRole("status")).toHaveTextContent("todo está bien");
  expect(screen.queryByRole("article")).toBeNull();
  await expectAccessible();
});

it("stays calm about what is only good to know", async () => {
  serve(answers(CLOCK));
  await show(<Health />);
  expect(await screen.findByText(/and all is well$/)).toBeVisible();
  expect(screen.getByRole("article")).toHaveTextContent("Nothing keeps the clock right.");
});

it("counts in the bar those that need somebody", async () => {
  serve(answers(DISK, aProblem(), CLOCK));
  await show(<HealthBadge />);
  expect(await screen.findByText("(2 problems)")).toBeInTheDocument();
});

it("says when the hub cannot tell", async () => {
  const error = { key: "database_away", field: null, en: "The database is away.", es: "x" };
  serve({ "GET /api/v1/sites": SITES, "GET /api/v1/health": [503, { error }] });
  await show(<Health />);
  expect(await screen.findByRole("alert")).toHaveTextContent("The database is away.");
});
