import type { Sentences } from "./en";
import type { healthEn } from "./health.en";

/** Las frases sobre lo que está mal, en español. */
export const healthEs: Sentences<typeof healthEn> = {
  health: {
    title: "Salud",
    nav: "Salud",
    badge_one: "{{count}} problema",
    badge_other: "{{count}} problemas",
    lead: "Qué está mal, desde cuándo y qué hacer.",
    calmTitle: "{{time}} h, y sereno",
    calmHint: "Cámaras, discos, nodos, relojes y central: todo está bien.",
    calmButKnow: "No se pierde nada. Lo de abajo solo conviene saberlo.",
    summary_one: "{{count}} problema necesita a alguien.",
    summary_other: "{{count}} problemas necesitan a alguien.",
    checked: "Revisado hace {{ago}}",
    failedTitle: "No se pudo averiguar qué está mal",
    severity: {
      critical: "Crítico",
      serious: "Grave",
      minor: "Conviene saberlo",
    },
    severityHint: {
      critical: "Afecta a un sitio entero, o se están perdiendo grabaciones ahora.",
      serious: "Se pierden grabaciones de algunas cámaras, o valen menos.",
      minor: "No se pierde nada.",
    },
    kind: {
      all: "Todo",
      camera: "Cámaras",
      device: "Dispositivos",
      disk: "Discos",
      node: "Nodos",
      clock: "Relojes",
      site: "Sitios",
      hub: "Central",
    },
    filterKind: "Tipo",
    filterSite: "Sitio",
    everySite: "Todos los sitios",
    since: "Hace {{length}}, desde",
    toDo: "Qué hacer",
    cameras_one: "{{count}} cámara",
    cameras_other: "{{count}} cámaras",
    raw: "En sus propias palabras",
    toCamera: "Ir a la cámara",
    toCameras: "Ir a las cámaras",
    toDevice: "Ir al dispositivo",
    toSystem: "Ir al sistema",
    noneOfThese: "Aquí no hay nada mal. Elija «Todo» para ver el resto.",
  },
};
