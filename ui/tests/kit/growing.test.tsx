import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";

import { show } from "../render";

const THINGS = Array.from({ length: 25 }, (_, index) => `Thing ${index}`);

function Things() {
  const { some, rest, more } = useGrowing(THINGS, 10);
  return (
    <>
      {some.map((thing) => (
        <p key={thing}>{thing}</p>
      ))}
      <ShowMore rest={rest} onMore={more} />
    </>
  );
}

it("draws the first of many, and more when asked, until all are there", async () => {
  const user = userEvent.setup();
  await show(<Things />);
  expect(screen.getAllByText(/^Thing/)).toHaveLength(10);
  await user.click(screen.getByRole("button", { name: "Show 15 more" }));
  await user.click(screen.getByRole("button", { name: "Show 5 more" }));
  expect(screen.getAllByText(/^Thing/)).toHaveLength(25);
  expect(screen.queryByRole("button")).toBeNull();
});

it("goes on by itself where its end comes into sight", async () => {
  let tell: IntersectionObserverCallback = () => undefined;
  class Seen {
    constructor(callback: IntersectionObserverCallback) {
      tell = callback;
    }
    observe(): void {
      const entry = { isIntersecting: true } as IntersectionObserverEntry;
      tell([entry], this as unknown as IntersectionObserver);
    }
    disconnect(): void {
      return;
    }
  }
  vi.stubGlobal("IntersectionObserver", Seen);
  await show(<Things />);
  expect(await screen.findByText("Thing 24")).toBeVisible();
  vi.unstubAllGlobals();
});
