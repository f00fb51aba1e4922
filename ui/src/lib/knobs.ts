/** The knobs of a profile between the form, which holds text, and the hub, which takes values. */

import type { Words } from "./words";

export type KnobValue = string | number | boolean | (string | number)[] | null;

export type KnobKind =
  | "choice"
  | "integer"
  | "number"
  | "seconds"
  | "text"
  | "cpus"
  | "streams"
  | "yes_no";

/** One knob, as the hub describes it. */
export interface Knob {
  name: string;
  kind: KnobKind;
  choices: readonly string[];
  least: number | null;
  most: number | null;
  unit: string;
  default: KnobValue;
  concerns: "recording" | "analysis" | "reporting";
  label: Words;
  what: Words;
  why: Words;
  example: string;
}

/** A knob as it comes: a newer hub may have kinds that this page does not know. */
type RawKnob = Omit<Knob, "kind" | "concerns"> & { kind: string; concerns: string };

const KINDS: readonly KnobKind[] = [
  "choice",
  "integer",
  "number",
  "seconds",
  "text",
  "cpus",
  "streams",
  "yes_no",
];

export const CONCERNS = ["recording", "analysis", "reporting"] as const;

export function toKnob(raw: RawKnob): Knob {
  return {
    ...raw,
    kind: KINDS.find((kind) => kind === raw.kind) ?? "text",
    concerns: CONCERNS.find((concern) => concern === raw.concerns) ?? "recording",
  };
}

const BETWEEN = ", ";

/** A value as the form writes it; "" for nothing said. */
export function toText(value: KnobValue | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? value.join(BETWEEN) : String(value);
}

/**
 * What a person wrote, as the hub takes it. What is no number stays text, so that the hub refuses
 * it in its own words.
 */
export function toValue(kind: KnobKind, text: string): KnobValue {
  const written = text.trim();
  switch (kind) {
    case "integer":
    case "number":
    case "seconds":
      return toNumber(written);
    case "yes_no":
      return written === "yes";
    case "streams":
      return toParts(written);
    case "cpus":
      return toCpuList(written);
    case "choice":
    case "text":
      return written;
  }
}

function toNumber(text: string): number | string {
  const number = Number(text.replace(",", "."));
  return Number.isFinite(number) ? number : text;
}

function toParts(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}

const MOST_CPUS = 1024;

/** CPUs as people write them, such as `0-3, 6`. */
export function toCpuList(text: string): (number | string)[] {
  return toParts(text).flatMap(toCpus);
}

/** `2` is one CPU, `0-3` four of them. */
function toCpus(part: string): (number | string)[] {
  const range = /^(\d+)-(\d+)$/.exec(part);
  if (!range) return [toNumber(part)];
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (last < first || last - first >= MOST_CPUS) return [part];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * What the form holds of each knob: nothing where nothing is said of it, so that what is inherited
 * counts; "" where it is said to be empty.
 */
export type KnobTexts = Readonly<Partial<Record<string, string>>>;

/** Whether a knob can be said to be empty, whatever is inherited. */
export function canBeEmpty({ kind, default: value }: Pick<Knob, "kind" | "default">): boolean {
  return (kind === "text" || kind === "cpus") && value !== null && toText(value) === "";
}

/** The knobs of which something is said. */
export function toKnobs(knobs: readonly Knob[], texts: KnobTexts): Record<string, KnobValue> {
  const said: Record<string, KnobValue> = {};
  for (const knob of knobs) {
    const text = texts[knob.name]?.trim();
    if (text === undefined || (text === "" && !canBeEmpty(knob))) continue;
    said[knob.name] = toValue(knob.kind, text);
  }
  return said;
}

/** The other way about. */
export function toTexts(knobs: Readonly<Record<string, KnobValue>>): Record<string, string> {
  return Object.fromEntries(Object.entries(knobs).map(([name, value]) => [name, toText(value)]));
}
