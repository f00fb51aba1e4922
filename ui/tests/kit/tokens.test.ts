import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { LOOKS } from "@/kit/timeline/looks";

const CSS = readFileSync(join(import.meta.dirname, "../../src/kit/tokens.css"), "utf8");
/** WCAG 2.2, 1.4.11: what one must see to understand a picture. */
const LEAST_CONTRAST = 3;

/** The colours of one scheme, by their names. */
function tokensOf(scheme: "light" | "dark"): Map<string, string> {
  const rules = CSS.split(`[data-mantine-color-scheme="${scheme}"]`)[1]?.split("}")[0] ?? "";
  return new Map(Array.from(rules.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g), ([, name = "", colour = ""]) => [name, colour]));
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each(["light", "dark"] as const)("on the timeline, %s,", (scheme) => {
  const tokens = tokensOf(scheme);
  const colour = (name: string) => {
    const found = tokens.get(name);
    if (!found) throw new Error(`no token ${name}`);
    return found;
  };

  it.each(Object.entries(LOOKS).filter(([kind]) => kind.startsWith("gap-")))(
    "%s stands out from its ground and from the empty lane",
    (_, { ground, edge }) => {
      for (const beside of [ground, "surface-sunk", "surface"]) {
        expect(contrast(colour(edge ?? ""), colour(beside)), beside).toBeGreaterThan(LEAST_CONTRAST);
      }
    },
  );

  it("what a recorder holds stands out from its ground and from what it may lie beside", () => {
    for (const beside of ["recorder-ground", "surface-sunk", "surface"]) {
      expect(contrast(colour("recorder"), colour(beside)), beside).toBeGreaterThan(LEAST_CONTRAST);
    }
    expect(contrast(colour("recorder-ground"), colour("cover"))).toBeGreaterThan(2);
  });

  it.each(Object.entries(LOOKS).filter(([kind]) => kind.startsWith("gap-")))(
    "%s is not taken for footage",
    (_, { ground }) => {
      expect(contrast(colour(ground), colour("cover"))).toBeGreaterThan(2);
    },
  );
});
