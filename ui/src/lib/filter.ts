/** Narrows a list of cameras to what a person looks for. */

import type { StateName } from "./state";

/** What is looked for; "" where nothing is asked of it. */
export interface Wish {
  text: string;
  /** A state's name, or TROUBLE. */
  state: string;
  /** A profile's id, or NONE. */
  profile: string;
  group: string;
  /** A reason's key. */
  reason: string;
}

/** Every state in which a camera should be recorded and is not. */
export const TROUBLE = "trouble";
export const NONE = "none";
export const NO_WISH: Wish = { text: "", state: "", profile: "", group: "", reason: "" };

const NO_TROUBLE: readonly StateName[] = [
  "recording",
  "connecting",
  "paused",
  "not_scheduled",
  "standby",
];

/** What the filter looks at. */
export interface Findable {
  name: string;
  address: string;
  group_ids: readonly number[];
  profile: { id: number } | null;
  status: { state: StateName; reason: { key: string } | null };
}

export function isTrouble(state: StateName): boolean {
  return !NO_TROUBLE.includes(state);
}

/** Letters alone: as people type in haste, without accents and capitals. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}

/** Whether each word of `search` is somewhere in `texts`. */
export function hasWords(search: string, texts: readonly string[]): boolean {
  const all = plain(texts.join("\n"));
  return plain(search).split(/\s+/).every((word) => all.includes(word));
}

export function found<Camera extends Findable>(cameras: readonly Camera[], wish: Wish): Camera[] {
  return cameras.filter(
    (camera) =>
      isState(camera.status.state, wish.state) &&
      (wish.profile === "" || wish.profile === String(camera.profile?.id ?? NONE)) &&
      (wish.group === "" || camera.group_ids.some((id) => String(id) === wish.group)) &&
      (wish.reason === "" || wish.reason === camera.status.reason?.key) &&
      hasWords(wish.text, [camera.name, camera.address]),
  );
}

/** Whether a state is the one that is asked for, TROUBLE being all that are trouble. */
export function isState(state: StateName, wanted: string): boolean {
  if (wanted === "") return true;
  return wanted === TROUBLE ? isTrouble(state) : state === wanted;
}

/** The different values with how often each is there, the most frequent first. */
export function tally<Value extends string>(values: readonly Value[]): [Value, number][] {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}
