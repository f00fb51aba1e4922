import type { Words } from "./words";

/** What the status socket says; `docs/design/seams.md`. */
export interface StatusReason extends Words {
  key: string;
  params: Record<string, string>;
  raw: string;
}

export interface Snapshot {
  type: "snapshot";
  id: number;
  cameras: { camera_id: string; state: string; reason: StatusReason | null }[];
  devices?: { device_id: string; state: string; reason: StatusReason | null }[];
}

export interface StatusEvent {
  id: number;
  type: string;
  /** null: it is of a device. */
  camera_id: string | null;
  device_id?: string | null;
  stream: string;
  state: string;
  at: string;
  reason: StatusReason | null;
}

export type StatusMessage = Snapshot | StatusEvent;

/** The message in `text`; null for what is none. */
export function parseStatus(text: string): StatusMessage | null {
  const value: unknown = JSON.parse(text);
  const isMessage = typeof value === "object" && value !== null && "type" in value && "id" in value;
  return isMessage ? (value as StatusMessage) : null;
}

export function isSnapshot(message: StatusMessage): message is Snapshot {
  return message.type === "snapshot";
}

/** What a camera's state becomes by a message; null where it says nothing of it. */
export function stateAfter(
  message: StatusMessage,
  cameraId: string,
): { state: string; reason: StatusReason | null } | null {
  if (isSnapshot(message)) {
    return message.cameras.find(({ camera_id }) => camera_id === cameraId) ?? null;
  }
  if (message.camera_id !== cameraId || message.stream !== "main") return null;
  return message.type.startsWith("stream_") ? message : null;
}

/** Whether a device's state is another than the one in `known`. */
export function tellsOfDevices(
  message: StatusMessage,
  known: readonly { id: string; state: string }[] | undefined,
): boolean {
  if (!isSnapshot(message)) return (message.device_id ?? null) !== null;
  return (message.devices ?? []).some(
    ({ device_id, state }) => known?.some((one) => one.id === device_id && one.state !== state),
  );
}
