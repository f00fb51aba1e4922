import { expect, it } from "vitest";

import { type DiagnosisStep, reportText, toItems, toVerdict } from "@/lib/diagnosis";

const STEP: DiagnosisStep = {
  step: "tcp",
  name: { en: "Connection", es: "Conexión" },
  verdict: "ok",
  ms: 12,
  saw: "192.0.2.1:554",
  words: null,
  advice: [],
  raw: "",
};

it("is written down as text, in the reader's language", () => {
  const advice = { key: "key_interval_long", en: "Set 2 s.", es: "Ponga 2 s." };
  const steps = [STEP, { ...STEP, step: "key", verdict: "warning", ms: null, saw: "", advice: [advice], raw: "a\nb" }];
  const diagnosis = {
    state: "done",
    verdict: "warning",
    started_at: "2026-11-21T19:00:00Z",
    engine: "native",
    steps,
    summary: { en: "Slow.", es: "Lenta." },
  };
  expect(reportText("Puerta", diagnosis, "es", (verdict) => verdict)).toBe(
    [
      "Puerta",
      "2026-11-21T19:00:00Z",
      "",
      "Lenta.",
      "",
      "[ok] Conexión  12 ms",
      "    192.0.2.1:554",
      "[warning] Conexión",
      "    → Ponga 2 s.",
      "    a",
      "    b",
      "",
    ].join("\n"),
  );
});

it("takes a verdict of a newer hub for one to look at", () => {
  expect(toVerdict("odd")).toBe("warning");
});

it("tells what was skipped without a word in one line", () => {
  const skipped = { ...STEP, verdict: "skipped", saw: "" };
  const told = { ...skipped, words: { en: "No sound.", es: "Sin sonido." } };
  expect(toItems([STEP, skipped, skipped, told, skipped])).toEqual([
    STEP,
    [skipped, skipped],
    told,
    [skipped],
  ]);
});
