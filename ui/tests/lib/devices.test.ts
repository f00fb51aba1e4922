import { describe, expect, it } from "vitest";

import { clockChart, worstByDay } from "@/lib/clockChart";
import { readDeviceAddress, writeDeviceAddress } from "@/lib/deviceAddress";
import { EMPTY_FORM, toChange, toFields, toForm } from "@/lib/deviceForm";
import {
  isAddable,
  probeSteps,
  problemsFirst,
  timesOf,
  toDeviceState,
  usedPercent,
} from "@/lib/devices";

describe("the address of a device", () => {
  it.each([
    ["192.168.1.64", { host: "192.168.1.64", port: null, isTls: false, rtspPort: null }],
    [" 192.168.1.64:8080 ", { host: "192.168.1.64", port: 8080, isTls: false, rtspPort: null }],
    ["https://recorder.example/doc/page", { host: "recorder.example", port: null, isTls: true, rtspPort: null }],
    ["http://[fd00::5]:81", { host: "fd00::5", port: 81, isTls: false, rtspPort: null }],
    ["rtsp://192.168.1.64:5554/live", { host: "192.168.1.64", port: null, isTls: false, rtspPort: 5554 }],
  ])("is understood as %s", (text, wanted) => {
    expect(readDeviceAddress(text)).toEqual(wanted);
  });

  it.each([
    ["  ", "empty"],
    ["http://admin:secret@192.168.1.64", "credentials"],
    ["192.168.1.64:99999", "unclear"],
    ["two words", "unclear"],
    ["http://", "unclear"],
    ["192.168.1.64:80:90", "unclear"],
  ])("is no address: %s", (text, fault) => {
    expect(readDeviceAddress(text)).toBe(fault);
  });

  it("is written as short as it can be said, and read back the same", () => {
    for (const text of ["192.168.1.64", "192.168.1.64:8080", "https://recorder.example", "[fd00::5]:81"]) {
      const read = readDeviceAddress(text);
      if (typeof read === "string") throw new Error(read);
      expect(writeDeviceAddress(read)).toBe(text);
    }
  });
});

describe("what the hub is told of a device", () => {
  const written = { ...EMPTY_FORM, address: "192.168.1.64:8080", username: "viewer", password: "secret" };

  it("is no more than a person wrote", () => {
    expect(toFields(written)).toEqual({
      host: "192.168.1.64",
      port: 8080,
      is_tls: false,
      username: "viewer",
      password: "secret",
    });
  });

  it("holds a pattern only where one was asked for", () => {
    const pattern = { template: "/{channel}/main", templateChannels: "4" };
    expect(toFields({ ...written, ...pattern })).not.toHaveProperty("template");
    expect(toFields({ ...written, ...pattern, vendor: "rtsp" })).toMatchObject({
      vendor: "rtsp",
      template: "/{channel}/main",
      template_channels: 4,
    });
  });

  it("is nothing where the address is none", () => {
    expect(toFields({ ...written, address: "" })).toBe("empty");
  });

  it("says what is usual again where it was otherwise, and keeps a password that nobody wrote", () => {
    const form = toForm({
      name: "Recorder 1",
      host: "192.168.1.64",
      port: 8080,
      is_tls: false,
      username: "viewer",
      vendor: "dahua",
      node_id: null,
      rtsp_port: 5554,
      template: "",
      template_sub: "",
      template_channels: 0,
    });
    expect(form.address).toBe("192.168.1.64:8080");
    const change = toChange({ ...form, address: "192.168.1.64", rtspPort: "", name: " Recorder 2 " });
    expect(change).toEqual({
      host: "192.168.1.64",
      port: 80,
      is_tls: false,
      rtsp_port: null,
      name: "Recorder 2",
      username: "viewer",
      vendor: "dahua",
    });
  });
});

describe("the list of devices", () => {
  const device = (name: string, changes: object = {}) => ({
    name,
    state: "online",
    disks: [{ state: "ok" }],
    clock: { offset_seconds: 0.4 },
    advice: [],
    ...changes,
  });

  it("begins with what needs somebody, then by name", () => {
    const devices = [
      device("Recorder 10"),
      device("Recorder 2"),
      device("Clock", { clock: { offset_seconds: -190 } }),
      device("Disk", { disks: [{ state: "ok" }, { state: "failing" }] }),
      device("Away", { state: "offline" }),
      device("New", { state: "connecting", clock: null, disks: [] }),
    ];
    expect(problemsFirst(devices).map(({ name }) => name)).toEqual([
      "Away",
      "Clock",
      "Disk",
      "New",
      "Recorder 2",
      "Recorder 10",
    ]);
  });

  it("takes a state of a newer hub for unknown", () => {
    expect(toDeviceState("dreaming")).toBe("unknown");
  });
});

it("knows how far a probe is", () => {
  expect(probeSteps("identifying").map(({ state }) => state)).toEqual(["done", "now", "later"]);
  expect(probeSteps("").map(({ state }) => state)).toEqual(["later", "later", "later"]);
});

it("makes cameras of channels that are there and are none", () => {
  const channel = { id: "1", camera_id: null, missing_since: null };
  expect(isAddable(channel)).toBe(true);
  expect(isAddable({ ...channel, camera_id: "c" })).toBe(false);
  expect(isAddable({ ...channel, missing_since: "2026-11-21T10:00:00Z" })).toBe(false);
});

it("says how full a disk is, whatever it tells", () => {
  expect(usedPercent({ size_bytes: 4000, free_bytes: 1000 })).toBe(75);
  expect(usedPercent({ size_bytes: 0, free_bytes: 0 })).toBe(0);
  expect(usedPercent({ size_bytes: 10, free_bytes: 20 })).toBe(0);
});

describe("the times of a device's footage", () => {
  it.each([
    [0.4, "right"],
    [-1.9, "right"],
    [2, "put_right"],
    [-3600, "put_right"],
    [86_400, "put_right"],
    [-31_000_000, "lost"],
  ])("%d s off: %s", (offset, expected) => {
    expect(timesOf(offset)).toBe(expected);
  });
});

describe("the history of a clock", () => {
  const readings = [
    { at: 0, offsetSeconds: 0 },
    { at: 50, offsetSeconds: 10 },
    { at: 100, offsetSeconds: -10 },
  ];

  it("is a line over its whole width, with the true time in it", () => {
    expect(clockChart(readings, 200, 100)).toEqual({
      line: "0,50 100,0 200,100",
      zeroY: 50,
      top: 10,
      bottom: -10,
    });
  });

  it("shows a good clock as one", () => {
    expect(clockChart([{ at: 0, offsetSeconds: 0.1 }], 200, 100)).toMatchObject({ top: 2, bottom: -2 });
    expect(clockChart([], 200, 100)).toBeNull();
  });

  it("is told by the day, the newest first, each by its worst reading", () => {
    const dayOf = (ms: number) => (ms < 60 ? "2026-11-20" : "2026-11-21");
    expect(worstByDay(readings, dayOf)).toEqual([
      { day: "2026-11-21", offsetSeconds: -10 },
      { day: "2026-11-20", offsetSeconds: 10 },
    ]);
  });
});
