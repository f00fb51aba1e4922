import { describe, expect, it } from "vitest";

import { bitrate, duration, size } from "@/lib/format";
import { gridFor, tilesOf } from "@/lib/grid";
import { checkPassword, strengthOf } from "@/lib/password";
import { toState } from "@/lib/state";
import { watchOver } from "@/lib/watch";
import { pick, toLanguage } from "@/lib/words";

describe("figures", () => {
  it("are short and in the reader's language", () => {
    expect(bitrate(4_150_000, "en")).toBe("4.2 Mbit/s");
    expect(bitrate(4_150_000, "es")).toBe("4,2 Mbit/s");
    expect(bitrate(640_000, "en")).toBe("640 kbit/s");
    expect(size(2_610_000_000_000, "en")).toBe("2.6 TB");
    expect(size(512, "en")).toBe("512 B");
  });

  it("name the two greatest units of a duration", () => {
    expect(duration(200_000)).toBe("3 min 20 s");
    expect(duration(3_600_000)).toBe("1 h");
    expect(duration(90_061_000)).toBe("1 d 1 h");
    expect([duration(300), duration(4), duration(0)]).toEqual(["300 ms", "4 ms", "0 s"]);
  });
});

describe("the wall", () => {
  it("fills a wide screen", () => {
    expect(gridFor("auto", 12, 1424, 780)).toEqual({ columns: 4, tileWidth: 353 });
    expect(gridFor("auto", 1, 1424, 780)).toEqual({ columns: 1, tileWidth: 1386 });
    expect(gridFor("auto", 36, 1424, 780)).toEqual({ columns: 6, tileWidth: 225 });
  });

  it("scrolls on a phone", () => {
    expect(gridFor("auto", 9, 374, 620)).toEqual({ columns: 1, tileWidth: 374 });
    expect(gridFor(36, 36, 374, 620)).toEqual({ columns: 2, tileWidth: 185 });
  });

  it("shows as many tiles as were asked for", () => {
    expect(gridFor(9, 5, 1424, 780)).toEqual({ columns: 3, tileWidth: 457 });
    expect([tilesOf("auto"), tilesOf(4)]).toEqual([36, 4]);
  });
});

describe("a password", () => {
  it("is held against the hub's rules", () => {
    expect(checkPassword("", "admin")).toEqual({
      isLongEnough: false,
      isNotOnlyDigits: false,
      isNotTheName: false,
    });
    expect(checkPassword("1234567890", "admin").isNotOnlyDigits).toBe(false);
    expect(checkPassword("myADMINword", "admin").isNotTheName).toBe(false);
    expect(Object.values(checkPassword("doce y sereno", "admin"))).toEqual([true, true, true]);
  });

  it("has a strength that length raises most", () => {
    expect(strengthOf("short")).toBe("weak");
    expect(strengthOf("aaaaaaaaaaaaaaaaaaaa")).toBe("weak");
    expect(strengthOf("luna de mayo")).toBe("fair");
    expect(strengthOf("las doce y sereno, 1840")).toBe("strong");
  });
});

it("calls all well only while every camera records, is about to, or is meant to rest", () => {
  expect(watchOver(["recording", "connecting", "paused", "not_scheduled"])).toEqual({
    count: 4,
    recording: 1,
    resting: 2,
    isCalm: true,
  });
  expect(watchOver(["recording", "stalled"]).isCalm).toBe(false);
  expect(watchOver(["unknown"]).isCalm).toBe(false);
});

it("has a name for states that it does not know", () => {
  expect([toState("stalled"), toState("dreaming")]).toEqual(["stalled", "unknown"]);
});

it("picks the reader's words", () => {
  expect(["es-CL", "es", "en-GB", "fr", undefined].map(toLanguage)).toEqual([
    "es",
    "es",
    "en",
    "en",
    "en",
  ]);
  expect(pick({ en: "night", es: "noche" }, "es-ES")).toBe("noche");
});
