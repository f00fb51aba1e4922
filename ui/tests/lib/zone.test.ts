import { describe, expect, it } from "vitest";

import { ticks } from "@/lib/ticks";
import { addDays, clock, dateTime, dayOf, daySpan, longDay, momentOf, zoneName } from "@/lib/zone";

const HOUR = 3_600_000;
const MADRID = "Europe/Madrid";
const SANTIAGO = "America/Santiago"; // its switches are at midnight
const LORD_HOWE = "Australia/Lord_Howe"; // its switch is half an hour

const at = (iso: string) => Date.parse(iso);

describe("the site's days", () => {
  it("are 24 hours long on most days", () => {
    const { from, to } = daySpan("2026-11-21", MADRID);
    expect(new Date(from).toISOString()).toBe("2026-11-20T23:00:00.000Z");
    expect(to - from).toBe(24 * HOUR);
  });

  it("are 23 and 25 hours long at the switches", () => {
    const spring = daySpan("2026-03-29", MADRID);
    const autumn = daySpan("2026-10-25", MADRID);
    expect(spring.to - spring.from).toBe(23 * HOUR);
    expect(autumn.to - autumn.from).toBe(25 * HOUR);
  });

  it("begin after midnight where the switch skips it, and lose nothing where it comes twice", () => {
    const spring = daySpan("2026-09-06", SANTIAGO);
    expect(clock(spring.from, SANTIAGO)).toBe("01:00:00");
    expect(spring.to - spring.from).toBe(23 * HOUR);
    const before = daySpan("2026-04-04", SANTIAGO);
    expect(before.to - before.from).toBe(25 * HOUR);
    expect(before.to).toBe(daySpan("2026-04-05", SANTIAGO).from);
  });

  it("follow each other without a seam through a year", () => {
    for (const zone of [MADRID, SANTIAGO, LORD_HOWE, "Asia/Kathmandu"]) {
      let day = "2026-01-01";
      while (day < "2027-01-01") {
        const { from, to } = daySpan(day, zone);
        expect([dayOf(from, zone), dayOf(to - 1, zone)], zone).toEqual([day, day]);
        expect(daySpan(addDays(day, 1), zone).from, zone).toBe(to);
        day = addDays(day, 1);
      }
    }
  });
});

describe("a time of the site's clock", () => {
  it("is the moment at which the clock shows it", () => {
    expect(momentOf("2026-11-21", "14:05:30", MADRID)).toBe(at("2026-11-21T13:05:30Z"));
    expect(momentOf("2026-07-01", "14:05", MADRID)).toBe(at("2026-07-01T12:05:00Z"));
  });

  it("is the first of two where it comes twice", () => {
    expect(momentOf("2026-10-25", "02:30", MADRID)).toBe(at("2026-10-25T00:30:00Z"));
  });

  it("is shown an hour later where the clock skips it", () => {
    expect(clock(momentOf("2026-03-29", "02:30", MADRID), MADRID)).toBe("03:30:00");
  });
});

describe("the scale", () => {
  const labels = (day: string, zone: string) =>
    ticks(daySpan(day, zone), 1000, zone, (name) => name, 40).map(({ label }) => label);

  it("has a mark each hour", () => {
    expect(labels("2026-11-21", MADRID)).toHaveLength(24);
    expect(labels("2026-11-21", MADRID)[1]).toBe("01:00");
  });

  it("skips and repeats an hour as the clock does", () => {
    expect(labels("2026-03-29", MADRID).slice(0, 4)).toEqual([
      "2026-03-29",
      "01:00",
      "03:00",
      "04:00",
    ]);
    const autumn = ticks(daySpan("2026-10-25", MADRID), 1100, MADRID, (name) => name, 40);
    expect(autumn.map(({ label }) => label).slice(1, 5)).toEqual([
      "01:00",
      "02:00",
      "02:00",
      "03:00",
    ]);
  });

  it("stands on full hours in zones with odd offsets", () => {
    expect(labels("2026-11-21", "Asia/Kathmandu").slice(0, 2)).toEqual(["2026-11-21", "01:00"]);
  });

  it("names days at the midnights of a month, through a switch", () => {
    const month = { from: at("2026-10-10T00:00:00Z"), to: at("2026-11-09T00:00:00Z") };
    const marks = ticks(month, 1600, MADRID, (name) => name);
    const midnights = marks.map(({ ms }) => clock(ms, MADRID));
    expect(new Set(midnights)).toEqual(new Set(["00:00:00"]));
    expect(marks.length).toBeGreaterThan(10);
    expect(marks.every(({ isDay }) => isDay)).toBe(true);
  });

  it("shows seconds when it is close", () => {
    const from = at("2026-11-21T13:00:00Z");
    const marks = ticks({ from, to: from + 120_000 }, 1000, MADRID, (name) => name);
    expect(marks[0]?.label).toBe("14:00:00");
    const closest = ticks({ from, to: from + 1000 }, 1000, MADRID, (name) => name);
    expect(closest.map(({ label }) => label).slice(0, 3)).toEqual([
      "14:00:00.0",
      "14:00:00.1",
      "14:00:00.2",
    ]);
  });
});

it("writes days and times in the reader's language", () => {
  const ms = at("2026-11-21T13:05:09Z");
  expect(dateTime(ms, MADRID, "en")).toBe("21 Nov 2026, 14:05:09");
  expect(dateTime(ms, MADRID, "es")).toBe("21 nov 2026, 14:05:09");
  expect(longDay("2026-11-21", "es")).toBe("sábado, 21 de noviembre de 2026");
  expect(zoneName(ms, MADRID, "en")).toBe("CET");
});
