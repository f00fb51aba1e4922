import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";

import "@/app/i18n";
import type { Gap } from "@/kit/timeline/Timeline";
import type { Facts } from "@/lib/timeline";
import { useViewer } from "@/rooms/camera/useViewer";

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-21T12:00:00Z");
const AT = NOW - 60 * MINUTE;
const HOUR = { from: NOW - 90 * MINUTE, to: NOW - 30 * MINUTE };
const NOTHING: Facts<Gap> = { covered: [], gaps: [], unreported: [], known: [] };
const ON_RECORDER: Facts<Gap> = { ...NOTHING, onRecorder: [HOUR], known: [HOUR] };

function begun() {
  const initialProps = { facts: NOTHING, hasRecorder: false };
  return renderHook(
    (props) => useViewer({ ...props, timeZone: "UTC", startMs: AT, now: NOW }),
    { initialProps },
  );
}

it("plays a moment of the address on the recorder, where only that has it", () => {
  const { result, rerender } = begun();
  expect(result.current.mode).toEqual({ kind: "playback", at: AT });
  rerender({ facts: ON_RECORDER, hasRecorder: true });
  expect(result.current.mode).toEqual({ kind: "recorder", span: { from: AT, to: HOUR.to } });
  expect(result.current.playing).toBe(AT);
});

it("plays our own where we have it, also if the recorder is heard of later", () => {
  const { result, rerender } = begun();
  rerender({ facts: { ...ON_RECORDER, covered: [HOUR] }, hasRecorder: true });
  rerender({ facts: ON_RECORDER, hasRecorder: true });
  expect(result.current.mode).toEqual({ kind: "playback", at: AT });
});

it("takes nobody back who went elsewhere meanwhile", () => {
  const { result, rerender } = begun();
  act(() => result.current.goLive());
  rerender({ facts: ON_RECORDER, hasRecorder: true });
  expect(result.current.mode).toEqual({ kind: "live" });
});
