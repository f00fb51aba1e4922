import { useEffect, useEffectEvent, useMemo } from "react";

/** A setter that is called once a picture of the screen at most, with the newest value. */
export interface FrameSetter<T> {
  (value: T): void;
  /** What was set and is not on the screen yet. */
  pending: () => T | null;
}

export function useFrame<T>(set: (value: T) => void): FrameSetter<T> {
  const latest = useEffectEvent(set);
  const setter = useMemo(() => makeSetter<T>(), []);
  useEffect(() => setter.start((value) => latest(value)), [setter]);
  return setter.set;
}

function makeSetter<T>() {
  let held: { value: T } | null = null;
  let frame = 0;
  let deliver: (value: T) => void = () => undefined;
  const flush = () => {
    frame = 0;
    const due = held;
    held = null;
    if (due) deliver(due.value);
  };
  const set = Object.assign(
    (value: T) => {
      held = { value };
      if (frame === 0) frame = requestAnimationFrame(flush);
    },
    { pending: () => held?.value ?? null },
  );
  const start = (to: (value: T) => void) => {
    deliver = to;
    return () => {
      cancelAnimationFrame(frame);
      frame = 0;
      held = null;
    };
  };
  return { set, start };
}
