import { describe, expect, it } from "vitest";

import { daysOfPeriod, percentText, shareOf, spanOfDays } from "@/lib/coverage";
import { daysText, isEveryDay } from "@/lib/days";
import { barsOf, daysOf, kindOf, looksOf, type Piece } from "@/lib/fortnight";
import { type Knob, toKnob, toKnobs, toText, toTexts, toValue } from "@/lib/knobs";
import { rangesText } from "@/lib/ranges";
import { untilText } from "@/lib/until";
import { bandsOf, isOverMidnight, minutesOf, toFieldTime, toHubEnd } from "@/lib/week";

const ZONE = "Europe/Madrid";
const HOUR = 3_600_000;

describe("a knob", () => {
  const knob = (name: string, kind: Knob["kind"]): Knob => ({
    name,
    kind,
    choices: [],
    least: null,
    most: null,
    unit: "",
    default: null,
    concerns: "recording",
    label: { en: "", es: "" },
    what: { en: "", es: "" },
    why: { en: "", es: "" },
    example: "",
  });

  it("goes from the form to the hub and back", () => {
    expect(toValue("seconds", "2,5")).toBe(2.5);
    expect(toValue("integer", " 10 ")).toBe(10);
    expect(toValue("yes_no", "no")).toBe(false);
    expect(toValue("streams", "main, sub")).toEqual(["main", "sub"]);
    expect(toValue("cpus", "0-2, 5")).toEqual([0, 1, 2, 5]);
    expect(toValue("text", "-rw_timeout 5")).toBe("-rw_timeout 5");
    expect([toText(true), toText([0, 1]), toText(null), toText(0)]).toEqual(["yes", "0, 1", "", "0"]);
    expect(toTexts({ nice: 0, streams: ["main"] })).toEqual({ nice: "0", streams: "main" });
  });

  it("leaves to the hub to refuse what is none of its values", () => {
    expect(toValue("integer", "ten")).toBe("ten");
    expect(toValue("cpus", "5-2, x")).toEqual(["5-2", "x"]);
    expect(toValue("cpus", "0-99999")).toEqual(["0-99999"]);
  });

  it("says nothing where the field is empty", () => {
    const knobs = [knob("nice", "integer"), knob("fps", "number")];
    expect(toKnobs(knobs, { nice: "5", fps: "  ", other: "1" })).toEqual({ nice: 5 });
  });

  it("can be empty, whatever is inherited, where empty is one of its values", () => {
    const options = { ...knob("extra_cli", "text"), default: "" };
    const cpus = { ...knob("cpu_affinity", "cpus"), default: [] };
    expect(toKnobs([options, cpus], { extra_cli: "", cpu_affinity: " " })).toEqual({
      extra_cli: "",
      cpu_affinity: [],
    });
    expect(toKnobs([options, cpus], {})).toEqual({});
    expect(toTexts({ extra_cli: "", cpu_affinity: [] })).toEqual({ extra_cli: "", cpu_affinity: "" });
  });

  it("of a kind of a newer hub is written as text", () => {
    const raw = { ...knob("x", "text"), kind: "colour", concerns: "dreams" };
    expect(toKnob(raw)).toMatchObject({ kind: "text", concerns: "recording" });
  });
});

describe("a week", () => {
  it("carries what ends on the day after into it, Sunday into Monday", () => {
    expect(bandsOf([{ days: [7], from: "22:00", to: "06:00" }])).toEqual([
      { day: 7, start: 1320, end: 1440, index: 0, isRest: false },
      { day: 1, start: 0, end: 360, index: 0, isRest: true },
    ]);
  });

  it("takes midnight for the end of the day, and the same time twice for a whole day", () => {
    expect(bandsOf([{ days: [1], from: "18:00", to: "00:00" }])).toHaveLength(1);
    expect(bandsOf([{ days: [1], from: "00:00", to: "00:00" }])[0]).toMatchObject({ end: 1440 });
    expect(isOverMidnight({ days: [1], from: "18:00", to: "00:00" })).toBe(false);
    expect(isOverMidnight({ days: [1], from: "08:00", to: "08:00" })).toBe(true);
    expect([toFieldTime("24:00"), toHubEnd("00:00"), toHubEnd("06:00")]).toEqual([
      "00:00",
      "24:00",
      "06:00",
    ]);
  });

  it("draws nothing of times that are half written", () => {
    expect([minutesOf("24:00"), minutesOf("24:30"), minutesOf("8:00"), minutesOf("")]).toEqual([
      1440,
      null,
      null,
      null,
    ]);
    expect(bandsOf([{ days: [1], from: "", to: "06:00" }])).toEqual([]);
  });

  it("is told in few words", () => {
    expect(daysText([1, 2, 3, 4, 5], "en")).toBe("Mon–Fri");
    expect(daysText([7, 6], "en")).toBe("Sat, Sun");
    expect(daysText([1, 3, 4, 5, 7], "es")).toBe("lun, mié–vie, dom");
    expect([isEveryDay([1, 2, 3, 4, 5, 6, 7]), isEveryDay([1])]).toEqual([true, false]);
  });
});

describe("the picture of the days to come", () => {
  const piece = (from: number, to: number, changes: Partial<Piece> = {}): Piece => ({
    from: from * HOUR,
    to: to * HOUR,
    runs: true,
    profile: "",
    why: { key: "scheduled", en: "", es: "" },
    ...changes,
  });

  it("places each piece by its share, cut at the edges", () => {
    const bars = barsOf([piece(-5, 6), piece(6, 12), piece(30, 40)], { from: 0, to: 24 * HOUR });
    expect(bars.map(({ start, length }) => [start, length])).toEqual([
      [0, 0.25],
      [0.25, 0.25],
    ]);
  });

  it("has a day of 25 hours where the clock goes back", () => {
    const from = Date.parse("2026-10-24T22:00:00Z");
    const days = daysOf({ from, to: from + 49 * HOUR }, ZONE);
    expect(days.map(({ day, length }) => [day, Math.round(length * 49)])).toEqual([
      ["2026-10-25", 25],
      ["2026-10-26", 24],
    ]);
  });

  it("tells profiles apart by letter and pattern, and why nothing runs", () => {
    const rests = piece(2, 3, { runs: false, profile: "Day" });
    const looks = looksOf([piece(0, 1, { profile: "Night" }), piece(1, 2), rests]);
    expect(looks).toEqual([
      { profile: "", letter: "A", pattern: 0 },
      { profile: "Night", letter: "B", pattern: 1 },
    ]);
    const paused = piece(0, 1, { runs: false, why: { key: "paused", en: "", es: "" } });
    const manual = piece(0, 1, { why: { key: "manual", en: "", es: "" } });
    expect([rests, paused, manual, piece(0, 1)].map(kindOf)).toEqual([
      "rests",
      "paused",
      "manual",
      "runs",
    ]);
  });
});

describe("the coverage report", () => {
  const NOW = Date.parse("2026-11-21T10:00:00Z");

  it("asks for days of the site that are over, or for today so far", () => {
    expect(daysOfPeriod("week", NOW, ZONE)).toEqual({ first: "2026-11-14", last: "2026-11-20" });
    expect(daysOfPeriod("today", NOW, ZONE)).toEqual({ first: "2026-11-21", last: "2026-11-21" });
    expect(spanOfDays("2026-11-20", "2026-11-21", NOW, ZONE)).toEqual({
      from: Date.parse("2026-11-19T23:00:00Z"),
      to: NOW,
    });
    expect(spanOfDays("2026-11-22", "2026-11-23", NOW, ZONE)).toBeNull();
    expect(spanOfDays("2026-11-20", "2026-11-10", NOW, ZONE)).toBeNull();
  });

  it("says 100 only when nothing is missing", () => {
    expect(percentText(99.99, "en")).toBe("99.9%");
    expect(percentText(100, "en")).toBe("100%");
    expect(percentText(96.85, "es")).toBe("96,8 %");
    expect([shareOf(5, 0), shareOf(5, 10), shareOf(20, 10)]).toEqual([0, 50, 100]);
  });
});

it("says until when as shortly as it is clear", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  const until = (at: string) => untilText(Date.parse(at), now, ZONE, "en");
  expect(until("2026-11-21T11:30:00Z")).toBe("12:30");
  expect(until("2026-11-22T07:00:00Z")).toBe("Sun 08:00");
  expect(until("2026-12-03T07:00:00Z")).toBe("3 Dec, 08:00");
});

it("tells processors in ranges", () => {
  expect(rangesText([3, 0, 1, 2, 6])).toBe("0-3, 6");
  expect(rangesText([])).toBe("");
});
