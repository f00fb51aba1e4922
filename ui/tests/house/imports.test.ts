import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../../src");

/** app → rooms → kit, api → lib. */
const MAY_IMPORT: Record<string, string[]> = {
  app: ["rooms", "kit", "api", "lib"],
  rooms: ["kit", "api", "lib"],
  kit: ["lib"],
  api: ["lib"],
  lib: [],
};

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.tsx?$/.test(name),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

/** The folder a room's file belongs to, such as `rooms/wall`; of others the first folder. */
function homeOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  return first === "rooms" ? `${first}/${second}` : first;
}

function targetOf(file: string, address: string): string | null {
  if (address.startsWith("@/")) return homeOf(address.slice(2));
  if (!address.startsWith(".")) return null;
  return homeOf(relative(SOURCE, join(SOURCE, file, "..", address)));
}

it("imports downward only, and no room knows another", () => {
  expect(files.length).toBeGreaterThan(50);
  const wrong = files
    .filter((file) => file !== "main.tsx")
    .flatMap((file) => {
      const home = homeOf(file);
      const layer = home.split("/")[0] ?? "";
      return importsOf(file)
        .map((address) => targetOf(file, address))
        .filter((target) => target !== null && target !== home)
        .filter((target) => !MAY_IMPORT[layer]?.includes(target?.split("/")[0] ?? ""))
        .map((target) => `${file} → ${target}`);
    });
  expect(wrong).toEqual([]);
});

it("keeps lib free of React and of libraries", () => {
  const wrong = files
    .filter((file) => file.startsWith("lib/"))
    .flatMap((file) => importsOf(file).filter((address) => !/^(@\/lib|\.)/.test(address)));
  expect(wrong).toEqual([]);
});
