import { useEffect, useMemo, useState } from "react";

import type { Playback } from "@/kit/player/playback";

import { Group, type Shown } from "./group";

const LOOK_EVERY_MS = 50;

/** Several players on one clock, and what a person can see of it. */
export function useGroup(startMs: number) {
  const [shown, setShown] = useState<Shown>({ ms: startMs, isPaused: false, rate: 1, members: {} });
  const group = useMemo(() => new Group(startMs), [startMs]);
  useEffect(() => {
    const look = () => {
      const now = group.look(performance.now(), Date.now());
      setShown((before) => (isSame(before, now) ? before : now));
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [group]);
  return {
    shown,
    group,
    /** For the `onPlayer` of one camera's video. */
    join: (cameraId: string) => (player: Playback | null) => group.join(cameraId, player),
  };
}

function isSame(a: Shown, b: Shown): boolean {
  const names = Object.keys(b.members);
  return (
    a.ms === b.ms &&
    a.isPaused === b.isPaused &&
    a.rate === b.rate &&
    names.length === Object.keys(a.members).length &&
    names.every((name) => a.members[name] === b.members[name])
  );
}
