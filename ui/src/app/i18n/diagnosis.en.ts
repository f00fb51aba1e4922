/** The sentences of a diagnosis, in English. What its steps say comes from the hub. */
export const diagnosisEn = {
  diagnosis: {
    button: "Diagnose…",
    tryAddress: "Try this address",
    title: "Diagnosis of {{name}}",
    steps: "Steps",
    advice: "What to do",
    again: "Diagnose again",
    verdict: {
      ok: "Good",
      warning: "To improve",
      failed: "Failed",
      skipped: "Skipped",
      running: "Running",
    },
    state: {
      waiting: "Asked. The machine at the site begins within seconds.",
      running: "The machine at the site is trying it, step by step.",
      done: "Done.",
      expired:
        "The machine at the site did not begin in time. It may be offline, or of an older version. Look at the system page and try again.",
    },
  },
};
