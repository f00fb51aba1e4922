import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

// Loaded beforehand: it comes by itself when somebody changes a layout, and that takes a while here.
import "@/rooms/wall/editor/LayoutEditor";
import { Wall } from "@/rooms/wall/Wall";

import { expectAccessible, show } from "../render";
import { aCamera, type Answer, serve, SITES, someoneWith } from "../server";

// Whole screens, looked at by what they are called: slow work, and slower on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const GATE = "ca3e0000-0000-4000-8000-000000000001";
const YARD = "ca3e0000-0000-4000-8000-000000000002";
const HALL = "ca3e0000-0000-4000-8000-000000000003";
const CAMERAS = [aCamera({ name: "Gate" }), aCamera({ id: YARD, name: "Yard" }), aCamera({ id: HALL, name: "Hall" })];

function aLayout(changes: object = {}) {
  return {
    id: 5,
    name: "Doors",
    is_shared: false,
    owner: "admin",
    columns: 3,
    rows: 2,
    tiles: [
      { camera_id: GATE, stream: "auto", x: 0, y: 0, w: 2, h: 2 },
      { camera_id: YARD, stream: "main", x: 2, y: 1, w: 1, h: 1 },
    ],
    version: 4,
    changed_at: "2026-11-21T08:00:00Z",
    changed_by: "admin",
    ...changes,
  };
}

function world(layouts: object[], more: Record<string, Answer> = {}) {
  return serve({
    "GET /api/v1/sites": SITES,
    "GET /api/v1/cameras": [200, CAMERAS],
    "GET /api/v1/layouts": [200, layouts],
    ...more,
  });
}

beforeEach(() => {
  localStorage.clear();
  // Nothing is laid out here: a room and its tiles are given a size.
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1200, 700));
});

function names() {
  return within(screen.getByRole("list", { name: "Cameras" }))
    .getAllByRole("link")
    .map((link) => link.querySelector("span > span")?.textContent);
}

it("shows all cameras, and each tile says its name and its state", async () => {
  world([]);
  await show(<Wall />);
  expect(await screen.findByRole("link", { name: /^Gate ?Recording/ })).toBeVisible();
  expect(names()).toEqual(["Gate", "Yard", "Hall"]);
  await expectAccessible();
});

it("shows a layout, at the address that names it", async () => {
  world([aLayout()]);
  await show(<Wall />, { path: "/?layout=5" });
  await screen.findByRole("link", { name: /^Yard/ });
  expect(names()).toEqual(["Gate", "Yard"]);
  expect(screen.getByRole("button", { name: "Layout: Doors" })).toBeVisible();
  const tile = screen.getByRole("link", { name: /^Gate/ }).closest("li");
  expect(tile).toHaveStyle({ gridColumn: "1 / span 2", gridRow: "1 / span 2" });
});

it("says that a layout is gone, and shows all cameras", async () => {
  world([]);
  await show(<Wall />, { path: "/?layout=77" });
  expect(await screen.findByText("This layout is not there any more")).toBeVisible();
  await waitFor(() => expect(names()).toHaveLength(3));
});

it("says that layouts cannot be had, shows all cameras meanwhile, and tries again", async () => {
  let answer: Answer = [503, { error: { key: "away", field: null, en: "Not now.", es: "x" } }];
  serve({
    "GET /api/v1/sites": SITES,
    "GET /api/v1/cameras": [200, CAMERAS],
    "GET /api/v1/layouts": () => answer,
  });
  await show(<Wall />, { path: "/?layout=5" });
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  await waitFor(() => expect(names()).toHaveLength(3));
  answer = [200, [aLayout()]];
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: "Layout: Doors" })).toBeVisible();
});

it("leaves a layout that is gone when its note is closed", async () => {
  world([]);
  await show(<Wall />, { path: "/?layout=77" });
  await screen.findByText("This layout is not there any more");
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByText("This layout is not there any more")).toBeNull());
  expect(localStorage.getItem("sereno.wall.layout")).toBe("");
});

it("changes between layouts, and remembers the last", async () => {
  world([aLayout(), aLayout({ id: 6, name: "Night", owner: "olga", is_shared: true })]);
  await show(<Wall />);
  await screen.findByRole("link", { name: /^Gate/ });
  fireEvent.click(screen.getByRole("button", { name: "Layout: All cameras" }));
  const shared = await screen.findByRole("menuitemradio", { name: /Night/ });
  expect(shared).toHaveTextContent("by olga");
  fireEvent.click(shared);
  expect(await screen.findByRole("button", { name: "Layout: Night" })).toBeVisible();
  expect(localStorage.getItem("sereno.wall.layout")).toBe("6");
});

function press(key: string) {
  fireEvent.keyDown(document.activeElement ?? document.body, { key });
}

it("has keys for sizes and pages", async () => {
  world([]);
  await show(<Wall />);
  await screen.findByRole("link", { name: /^Gate/ });
  press("1");
  await waitFor(() => expect(names()).toEqual(["Gate"]));
  expect(screen.getByText("Page 1 of 3")).toBeVisible();
  press("PageDown");
  await waitFor(() => expect(names()).toEqual(["Yard"]));
  press("0");
  await waitFor(() => expect(names()).toHaveLength(3));
});

it("has keys for details and for their own list", async () => {
  world([]);
  await show(<Wall />);
  (await screen.findByRole("link", { name: /^Hall/ })).focus();
  press("d");
  expect(await screen.findByText("Delay")).toBeVisible();
  press("d");
  await waitFor(() => expect(screen.queryByText("Delay")).toBeNull());
  press("?");
  expect(await screen.findByRole("dialog", { name: "Keys of the wall" })).toBeVisible();
  fireEvent.keyDown(document.body, { key: "Escape" });
  await waitFor(() => expect(screen.getByRole("link", { name: /^Hall/ })).toHaveFocus());
});

it("leaves keys alone that are written into a field", async () => {
  world([]);
  await show(
    <>
      <input aria-label="note" />
      <Wall />
    </>,
  );
  await screen.findByRole("link", { name: /^Gate/ });
  screen.getByLabelText("note").focus();
  for (const key of ["1", "d", "?"]) press(key);
  expect(names()).toHaveLength(3);
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("makes a layout of cameras that are put on the wall by their plus", async () => {
  const sent = world([], { "POST /api/v1/layouts": [201, aLayout({ id: 9 })] });
  await show(<Wall />, { path: "/?edit=new" });
  fireEvent.click(await screen.findByLabelText("Take Hall off the wall"));
  fireEvent.click(screen.getByLabelText("Put Hall on the wall"));
  fireEvent.click(screen.getByLabelText("Size of Yard"));
  expect((await screen.findByText("2 × 2")).closest("button")).toBeDisabled();
  fireEvent.click(screen.getByText("1 × 2"));
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: "Doors" } });
  fireEvent.click(screen.getByText("Save"));
  await waitFor(() => expect(sent.some(({ call }) => call === "POST /api/v1/layouts")).toBe(true));
  expect(sent.find(({ call }) => call === "POST /api/v1/layouts")?.body).toEqual({
    name: "Doors",
    is_shared: false,
    columns: 2,
    rows: 2,
    tiles: [
      { camera_id: GATE, stream: "auto", x: 0, y: 0, w: 1, h: 1 },
      { camera_id: YARD, stream: "auto", x: 1, y: 0, w: 1, h: 2 },
      { camera_id: HALL, stream: "auto", x: 0, y: 1, w: 1, h: 1 },
    ],
  });
});

it("says who was faster, and shows what they made of it", async () => {
  const words = { en: "Olga changed this 5 s ago.", es: "x" };
  const refused: Answer = [409, { error: { key: "changed_meanwhile", field: null, ...words } }];
  let layout = aLayout();
  serve({
    "GET /api/v1/sites": SITES,
    "GET /api/v1/cameras": [200, CAMERAS],
    "GET /api/v1/layouts": () => [200, [layout]],
    "PATCH /api/v1/layouts/5": refused,
  });
  await show(<Wall />, { path: "/?layout=5&edit=1" });
  fireEvent.click(await screen.findByRole("button", { name: "Save" }));
  expect(await screen.findByText(words.en)).toBeVisible();
  layout = aLayout({ name: "Doors and yard", version: 5 });
  fireEvent.click(screen.getByRole("button", { name: "Look at it again" }));
  expect(await screen.findByDisplayValue("Doors and yard")).toBeVisible();
});

it("lets who may not change a shared layout keep a copy", async () => {
  const sent = world([aLayout({ owner: "olga", is_shared: true })], {
    "GET /api/v1/session": someoneWith("view"),
    "POST /api/v1/layouts": [201, aLayout({ id: 9 })],
  });
  await show(<Wall />, { path: "/?layout=5&edit=1" });
  expect(await screen.findByText(/Only operators change it/)).toBeVisible();
  expect(screen.queryByRole("switch")).toBeNull();
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Save as new" }));
  await waitFor(() => expect(sent.some(({ call }) => call === "POST /api/v1/layouts")).toBe(true));
  const body = sent.find(({ call }) => call === "POST /api/v1/layouts")?.body;
  expect(body).toMatchObject({ name: "Doors (copy)", is_shared: false });
});

it("moves a tile by keys alone, and says where it is", async () => {
  // A wall of 300 by 200 pixels at the corner; a tile or an item is one cell large.
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    const isWall = this.getAttribute("role") === "group" && this.hasAttribute("style");
    return isWall ? new DOMRect(0, 0, 294, 194) : new DOMRect(200, 100, 94, 94);
  });
  world([aLayout({ tiles: [{ camera_id: YARD, stream: "auto", x: 2, y: 1, w: 1, h: 1 }] })]);
  await show(<Wall />, { path: "/?layout=5&edit=1" });
  const yard = await screen.findByRole("button", { name: "Yard 1 × 1 column 3, row 2" });
  yard.focus();
  fireEvent.keyDown(yard, { code: "Space" });
  await screen.findByText("Yard is picked up.");
  // The sensor begins to listen a moment after it was picked up.
  await new Promise((resolve) => setTimeout(resolve, 0));
  fireEvent.keyDown(document, { code: "ArrowLeft" });
  await screen.findByText("Yard is over column 2, row 2.");
  fireEvent.keyDown(document, { code: "Space" });
  expect(await screen.findByRole("button", { name: "Yard 1 × 1 column 2, row 2" })).toBeVisible();
});
