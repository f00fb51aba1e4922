import { expect, it } from "vitest";

import { expiryAfter, missingMs, progressOf } from "@/lib/clips";
import { momentPlace, selectionPlace } from "@/lib/places";
import { NO_RECORDING_WISH, pictureMoment, spanOfWish, spanText } from "@/lib/recordings";

const ZONE = "Europe/Madrid";
const NOON = Date.parse("2026-10-25T11:00:00Z");

it("looks at whole days of the site, also where one has 25 hours", () => {
  const day = spanOfWish({ ...NO_RECORDING_WISH, when: "day", day: "2026-10-25" }, NOON, ZONE);
  expect(day.to - day.from).toBe(25 * 3600_000);
  const week = spanOfWish(NO_RECORDING_WISH, NOON, ZONE);
  expect(new Date(week.from).toISOString()).toBe("2026-10-18T22:00:00.000Z");
  expect(week.to).toBe(day.to);
  const year = spanOfWish({ ...NO_RECORDING_WISH, when: "year" }, NOON, ZONE);
  expect((year.to - year.from) / 86_400_000).toBeLessThanOrEqual(366);
});

it("says the day again only where it is another", () => {
  const from = Date.parse("2026-11-20T22:30:00Z");
  expect(spanText({ from, to: from + 60_000 }, ZONE, "en")).toBe("20 Nov 2026, 23:30:00 – 23:31:00");
  expect(spanText({ from, to: from + 3600_000 }, ZONE, "es")).toContain("21 nov 2026, 00:30:00");
});

it("looks a second into a recording, or into the middle of a shorter one", () => {
  expect(pictureMoment({ from: 5000, to: 90_000 })).toBe(6_000_000);
  expect(pictureMoment({ from: 5000, to: 5100 })).toBe(5_050_000);
});

it("names places by moments in UTC", () => {
  expect(momentPlace("c", 0)).toBe("/cameras/c?at=1970-01-01T00:00:00.000Z");
  expect(selectionPlace("c", { from: 0, to: 1000 })).toBe(
    "/cameras/c?select=1970-01-01T00:00:00.000Z/1970-01-01T00:00:01.000Z",
  );
});

it("tells how far a clip is, what it lacks, and when it goes", () => {
  expect(progressOf({ state: "making", done_bytes: 1, size_bytes: 3 })).toBe(33);
  expect(progressOf({ state: "making", done_bytes: 1, size_bytes: null })).toBeNull();
  expect(progressOf({ state: "ready", done_bytes: 3, size_bytes: 3 })).toBeNull();
  expect(missingMs([{ from: "2026-11-20T22:30:00Z", to: "2026-11-20T22:30:02.5Z" }])).toBe(2500);
  expect(expiryAfter(1, 0)).toBe("1970-01-02T00:00:00.000Z");
});
