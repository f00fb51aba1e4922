import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";

import { find } from "@/kit/timeline/find";
import { type Lane, Timeline } from "@/kit/timeline/Timeline";
import type { Span } from "@/lib/timeline";
import { daySpan } from "@/lib/zone";

import { expectAccessible, show } from "../render";

const ZONE = "Europe/Madrid";
const DAY = daySpan("2026-11-20", ZONE);
const HOUR = 3_600_000;
const FACTS = {
  covered: [
    { from: DAY.from, to: DAY.from + 8 * HOUR },
    { from: DAY.from + 9 * HOUR, to: DAY.to },
  ],
  gaps: [
    {
      from: DAY.from + 8 * HOUR,
      to: DAY.from + 9 * HOUR,
      reason: { en: "The cable was out.", es: "El cable estaba suelto." },
    },
  ],
  unreported: [],
};

interface HeldProps {
  onPlay: (ms: number) => void;
  onSelect?: (selection: Span | null) => void;
  facts?: Lane["facts"];
}

function Held({ onPlay, onSelect, facts = FACTS }: HeldProps) {
  const [view, setView] = useState<Span>(DAY);
  const [selection, setSelection] = useState<Span | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  return (
    <Timeline
      label="timeline"
      bounds={DAY}
      view={view}
      home={DAY}
      lanes={[{ facts }]}
      cursor={cursor}
      onCursor={setCursor}
      onFind={(target, from, by) => setCursor(find(FACTS, target, from, by))}
      now={DAY.to + HOUR}
      timeZone={ZONE}
      playhead={DAY.from}
      selection={selection}
      isSelecting={false}
      onView={setView}
      onPlay={onPlay}
      onSelection={(chosen) => {
        setSelection(chosen);
        onSelect?.(chosen);
      }}
    />
  );
}

it("is walked by keys, says what is there and why not, and plays", async () => {
  const user = userEvent.setup();
  const onPlay = vi.fn();
  await show(<Held onPlay={onPlay} />);
  const slider = screen.getByRole("slider", { name: "timeline" });
  expect(slider).toHaveAttribute("aria-valuetext", "00:00:00, footage");
  await user.tab();
  expect(slider).toHaveFocus();
  await user.keyboard("g");
  expect(slider).toHaveAttribute("aria-valuetext", "08:00:00, no footage: The cable was out.");
  await user.keyboard("{Enter}");
  expect(onPlay).toHaveBeenCalledWith(DAY.from + 8 * HOUR);
});

it("says which machine has a piece", async () => {
  await show(<Held onPlay={vi.fn()} facts={{ ...FACTS, covered: [{ ...DAY, node: "Node 2" }] }} />);
  expect(screen.getByRole("slider")).toHaveAttribute("aria-valuetext", "00:00:00, footage; on Node 2");
});

it("says it in Spanish too", async () => {
  const user = userEvent.setup();
  await show(<Held onPlay={vi.fn()} />, { language: "es" });
  await user.tab();
  await user.keyboard("g");
  const spoken = screen.getByRole("slider").getAttribute("aria-valuetext");
  expect(spoken).toBe("08:00:00, sin grabación: El cable estaba suelto.");
});

it("selects with Shift and the arrows, from where the cursor stood", async () => {
  const user = userEvent.setup();
  const onSelect = vi.fn<(selection: Span | null) => void>();
  await show(<Held onPlay={vi.fn()} onSelect={onSelect} />);
  await user.tab();
  await user.keyboard("g{Shift>}{ArrowRight}{ArrowRight}{/Shift}");
  const chosen = onSelect.mock.lastCall?.[0];
  expect(chosen?.from).toBe(DAY.from + 8 * HOUR);
  expect(chosen?.to).toBeCloseTo(DAY.from + 8 * HOUR + 0.02 * 24 * HOUR);
  await user.keyboard("{Escape}");
  expect(onSelect).toHaveBeenLastCalledWith(null);
});

it("goes to where footage begins again, and back to the gap before", async () => {
  const user = userEvent.setup();
  await show(<Held onPlay={vi.fn()} />);
  await user.tab();
  await user.keyboard("s");
  const slider = screen.getByRole("slider");
  expect(slider).toHaveAttribute("aria-valuetext", "09:00:00, footage");
  await user.keyboard("{Shift>}g{/Shift}");
  expect(slider).toHaveAttribute("aria-valuetext", "08:00:00, no footage: The cable was out.");
});

it("shuts nobody out", async () => {
  await show(<Held onPlay={vi.fn()} />);
  await expectAccessible();
});

it.each([
  ["the recorder has nothing either", { looked: [DAY] }],
  ["not searched on the recorder yet", { looked: [] }],
  ["on the recorder", { looked: [DAY], onRecorder: [DAY] }],
])("tells of a gap whether the recorder has it: %s", async (words, facts) => {
  const user = userEvent.setup();
  await show(<Held onPlay={vi.fn()} facts={{ ...FACTS, ...facts }} />);
  const slider = screen.getByRole("slider", { name: "timeline" });
  expect(slider).toHaveAttribute("aria-valuetext", expect.not.stringContaining("searched"));
  slider.focus();
  await user.keyboard("g");
  expect(slider).toHaveAttribute("aria-valuetext", expect.stringMatching(new RegExp(`; ${words}$`)));
});
