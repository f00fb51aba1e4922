/** What a diagnosis of a camera found, step by step. */

import { duration } from "./format";
import { pick, type Words } from "./words";

export const VERDICTS = ["ok", "warning", "failed", "skipped", "running"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface DiagnosisStep {
  step: string;
  name: Words;
  verdict: string;
  /** How long it took. */
  ms: number | null;
  /** What was seen, such as `H.264 1920×1080`. */
  saw: string;
  words: Words | null;
  advice: readonly (Words & { key: string })[];
  /** What the device said, word by word. */
  raw: string;
}

export interface Diagnosis {
  state: string;
  verdict: string | null;
  started_at: string | null;
  engine: string;
  steps: readonly DiagnosisStep[];
  summary: Words | null;
}

/** A verdict of a newer hub is taken for a warning: somebody should look. */
export function toVerdict(verdict: string): Verdict {
  return VERDICTS.find((name) => name === verdict) ?? "warning";
}

/** Whether nothing more will come. */
export function isOver({ state }: Pick<Diagnosis, "state">): boolean {
  return state === "done" || state === "expired";
}

/** Steps as they are shown: those in a row that were skipped and have nothing to tell, together. */
export function toItems(steps: readonly DiagnosisStep[]): (DiagnosisStep | DiagnosisStep[])[] {
  const items: (DiagnosisStep | DiagnosisStep[])[] = [];
  for (const step of steps) {
    const last = items.at(-1);
    if (!isMute(step)) items.push(step);
    else if (Array.isArray(last)) last.push(step);
    else items.push([step]);
  }
  return items;
}

function isMute({ verdict, words, saw, raw, advice }: DiagnosisStep): boolean {
  return verdict === "skipped" && !words && advice.length === 0 && saw === "" && raw === "";
}

/** The whole diagnosis as text, to send to somebody. `say` names a verdict. */
export function reportText(
  title: string,
  diagnosis: Diagnosis,
  language: string,
  say: (verdict: Verdict) => string,
): string {
  const lines = [title];
  if (diagnosis.started_at) lines.push(diagnosis.started_at);
  if (diagnosis.summary) lines.push("", pick(diagnosis.summary, language));
  lines.push("");
  for (const step of diagnosis.steps) lines.push(...stepLines(step, language, say));
  return `${lines.join("\n")}\n`;
}

function stepLines(
  { name, verdict, ms, saw, words, advice, raw }: DiagnosisStep,
  language: string,
  say: (verdict: Verdict) => string,
): string[] {
  const time = ms === null ? "" : `  ${duration(ms)}`;
  const lines = [`[${say(toVerdict(verdict))}] ${pick(name, language)}${time}`];
  const indented = [saw, words ? pick(words, language) : "", ...advice.map((one) => `→ ${pick(one, language)}`)];
  for (const text of [...indented, raw]) {
    if (text !== "") lines.push(...text.split("\n").map((line) => `    ${line}`));
  }
  return lines;
}
