import { useEffect, useEffectEvent } from "react";

import { JUMP_MS } from "./PlayControls";

export interface PlayerKeys {
  /** Whether recorded footage is shown; live knows neither pause nor speed. */
  isPlayback: boolean;
  togglePause: () => void;
  step: (by: 1 | -1) => void;
  jump: (byMs: number) => void;
  faster: (by: 1 | -1) => void;
  goLive: () => void;
  toggleFull?: () => void;
  toggleSound?: () => void;
  showHelp?: () => void;
}

/** Where keys are somebody else's: fields, menus, dialogs, and the timeline, which has its own. */
const TAKEN = "input, textarea, select, [role=dialog], [role=menu], [role=slider], [contenteditable]";
/** Space and Enter press a button. */
const PRESSED = "button, a, summary, [role=button]";

/** The player from the keyboard, wherever on the page the focus is. */
export function usePlayerKeys(keys: PlayerKeys): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(TAKEN) || document.querySelector("[role=dialog]")) return;
    if (event.key === " " && target?.closest(PRESSED)) return;
    const found = actOf(event.key, keys);
    if (!found) return;
    event.preventDefault();
    found();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => act(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}

function actOf(key: string, keys: PlayerKeys): (() => void) | undefined {
  const anywhere: Record<string, (() => void) | undefined> = {
    "?": keys.showHelp,
    f: keys.toggleFull,
    m: keys.toggleSound,
    ArrowLeft: () => keys.jump(-JUMP_MS),
    j: () => keys.jump(-JUMP_MS),
  };
  const inPlayback: Record<string, () => void> = {
    " ": keys.togglePause,
    k: keys.togglePause,
    ArrowRight: () => keys.jump(JUMP_MS),
    l: () => keys.jump(JUMP_MS),
    ",": () => keys.step(-1),
    ".": () => keys.step(1),
    "<": () => keys.faster(-1),
    ">": () => keys.faster(1),
    n: keys.goLive,
    End: keys.goLive,
  };
  const lower = key.length === 1 ? key.toLowerCase() : key;
  return anywhere[lower] ?? (keys.isPlayback ? inPlayback[lower] : undefined);
}
