import { expect, it } from "vitest";

import { en } from "@/app/i18n/en";
import { es } from "@/app/i18n/es";

/** Every sentence by its path. */
function flatten(tree: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree) as [string, string | object][]) {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") found.set(here, value);
    else for (const entry of flatten(value, here)) found.set(...entry);
  }
  return found;
}

function placeholders(sentence: string): string[] {
  return [...sentence.matchAll(/{{(\w+)}}/g)].map((match) => match[1] ?? "").sort();
}

const english = flatten(en);
const spanish = flatten(es);

it("has every sentence in both languages", () => {
  expect([...spanish.keys()].sort()).toEqual([...english.keys()].sort());
  for (const [key, sentence] of [...english, ...spanish]) expect(sentence.trim(), key).not.toBe("");
});

it("fills the same places in both languages", () => {
  for (const [key, sentence] of english) {
    expect(placeholders(spanish.get(key) ?? ""), key).toEqual(placeholders(sentence));
  }
});

it("was translated, and not copied", () => {
  const same = [...english].filter(([key, sentence]) => spanish.get(key) === sentence);
  expect(same.map(([key]) => key).sort()).toEqual([
    "action.no",
    "app.demo",
    "app.name",
    "clips.title",
    "details.none",
    "layout.size",
    "recordings.clip",
    "tile.none",
    "tile.pictureIs",
    "tile.seconds",
    "why.rests",
  ]);
});
