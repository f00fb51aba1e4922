import { expect, it } from "vitest";

import { type Findable, found, hasWords, NO_WISH, NONE, tally, TROUBLE } from "@/lib/filter";
import type { StateName } from "@/lib/state";

function camera(name: string, state: StateName, changes: Partial<Findable> = {}): Findable {
  const address = `rtsp://192.0.2.1/${name}`;
  return { name, address, group_ids: [], profile: null, status: { state, reason: null }, ...changes };
}

const GATE = camera("Portón", "recording", { group_ids: [7] });
const YARD = camera("Patio norte", "waiting", {
  profile: { id: 3 },
  status: { state: "waiting", reason: { key: "refused" } },
});
const HALL = camera("Pasillo", "paused");
const ALL = [GATE, YARD, HALL];

it("finds by words in any order, without accents and capitals, also in the address", () => {
  expect(found(ALL, { ...NO_WISH, text: "porton" })).toEqual([GATE]);
  expect(found(ALL, { ...NO_WISH, text: "NORTE pat" })).toEqual([YARD]);
  expect(found(ALL, { ...NO_WISH, text: "192.0.2.1" })).toEqual(ALL);
  expect(hasWords("  ", ["x"])).toBe(true);
});

it("narrows by state, profile, group and reason", () => {
  expect(found(ALL, { ...NO_WISH, state: "paused" })).toEqual([HALL]);
  expect(found(ALL, { ...NO_WISH, state: TROUBLE })).toEqual([YARD]);
  expect(found(ALL, { ...NO_WISH, profile: "3" })).toEqual([YARD]);
  expect(found(ALL, { ...NO_WISH, profile: NONE })).toEqual([GATE, HALL]);
  expect(found(ALL, { ...NO_WISH, group: "7" })).toEqual([GATE]);
  expect(found(ALL, { ...NO_WISH, reason: "refused" })).toEqual([YARD]);
  expect(found(ALL, { ...NO_WISH, reason: "refused", group: "7" })).toEqual([]);
});

it("counts what there is, the most frequent first", () => {
  expect(tally(["a", "b", "b"])).toEqual([["b", 2], ["a", 1]]);
});
