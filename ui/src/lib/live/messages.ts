import { TOO_MANY_RELAYS } from "../refusal";
import type { Words } from "../words";

/** Why a stream is not as it should be, as servers say it. */
export interface Reason extends Words {
  key: string;
  raw?: string;
}

/** Texts of the live socket, `docs/design/seams.md`. */
export type LiveMessage =
  | {
      type: "init";
      mime: string;
      run_id: string;
      epoch_ms: number;
      /** When the newest fragment begins that is there already. */
      newest_ms?: number;
    }
  | { type: "state"; state: string; reason: Reason | null }
  | { type: "skip" };

/** The message in `text`, or null for a kind that a newer server may send. */
export function parseMessage(text: string): LiveMessage | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  switch (value.type) {
    case "init":
    case "state":
    case "skip":
      return value as LiveMessage;
    default:
      return null;
  }
}

/** Why a live session is not showing pictures. */
export type LiveTrouble =
  | "refused"
  | "unknown_camera"
  | "node_unreachable"
  | "too_many_relays"
  | "lost"
  | "codec";

/** What the socket's close code and reason mean. */
export function troubleOf(code: number, reason = ""): LiveTrouble {
  if (reason === TOO_MANY_RELAYS) return TOO_MANY_RELAYS;
  if (code === 4401) return "refused";
  if (code === 4404) return "unknown_camera";
  if (code === 4503) return "node_unreachable";
  return "lost";
}
