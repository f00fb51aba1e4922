/** What a person may ask of a camera at once. */
export type CameraAct =
  | { kind: "pause"; pause: PauseWish }
  | { kind: "resume" }
  | { kind: "record"; minutes: number | null }
  | { kind: "stop" }
  | { kind: "enforce" };

/** A pause with one of three ends; tomorrow is 08:00 at the site. */
export interface PauseWish {
  minutes?: number;
  until?: string;
  until_tomorrow: boolean;
  why: string;
}

/** A pause in force. */
export interface PauseFact {
  until: string;
  by: string;
  why: string;
}

/** A recording that a person started; without an end it lasts until somebody stops it. */
export interface ManualFact {
  since: string;
  until: string | null;
  by: string;
}
