import type { diagnosisEn } from "./diagnosis.en";
import type { Sentences } from "./en";

/** Las frases de un diagnóstico, en español. Lo que dicen sus pasos viene del servidor. */
export const diagnosisEs: Sentences<typeof diagnosisEn> = {
  diagnosis: {
    button: "Diagnosticar…",
    tryAddress: "Probar esta dirección",
    title: "Diagnóstico de {{name}}",
    steps: "Pasos",
    advice: "Qué hacer",
    again: "Diagnosticar de nuevo",
    verdict: {
      ok: "Bien",
      warning: "Mejorable",
      failed: "Falló",
      skipped: "Omitido",
      running: "En curso",
    },
    state: {
      waiting: "Pedido. El nodo del sitio empieza en unos segundos.",
      running: "El nodo del sitio lo está probando, paso a paso.",
      done: "Terminado.",
      expired:
        "El nodo del sitio no empezó a tiempo. Puede estar desconectado o ser de una versión anterior. Mire la página del sistema e inténtelo de nuevo.",
    },
  },
};
