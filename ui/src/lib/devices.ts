/** What is known of devices, for whoever looks at them. */

const STATES = [
  "connecting",
  "online",
  "offline",
  "refused",
  "locked",
  "other_device",
  "node_offline",
  "not_assigned",
] as const;

/** `unknown` is our own: a newer hub may have states that this page has no words for. */
export type DeviceStateName = (typeof STATES)[number] | "unknown";

export function toDeviceState(state: string): DeviceStateName {
  return STATES.find((name) => name === state) ?? "unknown";
}

/** Whether it cannot be used now, and somebody or something has to change. */
export function isDeviceTrouble(state: DeviceStateName): boolean {
  return state !== "online" && state !== "connecting";
}

/** What of a device decides how soon people should see it. */
export interface Listed {
  name: string;
  state: string;
  disks: readonly { state: string }[];
  clock: { offset_seconds: number } | null;
  advice: readonly unknown[];
}

/** A clock that is further off makes footage hard to find; the hub says so too. */
export const CLOCK_WRONG_SECONDS = 30;

export function isClockWrong(offsetSeconds: number): boolean {
  return Math.abs(offsetSeconds) >= CLOCK_WRONG_SECONDS;
}

/** What becomes of the times of a device's footage; as `policy/device_times.py` decides. */
export function timesOf(offsetSeconds: number): "right" | "put_right" | "lost" {
  const off = Math.abs(offsetSeconds);
  if (off < 2) return "right";
  return off <= 86_400 ? "put_right" : "lost";
}

const WELL_DISKS: readonly string[] = ["ok", "sleeping"];

export function isDiskWell({ state }: { state: string }): boolean {
  return WELL_DISKS.includes(state);
}

/** 0: cannot be used; 1: something of it should be looked at; 2: well. */
export function urgency({ state, disks, clock, advice }: Listed): 0 | 1 | 2 {
  if (isDeviceTrouble(toDeviceState(state))) return 0;
  const isClockOff = clock !== null && isClockWrong(clock.offset_seconds);
  return isClockOff || advice.length > 0 || !disks.every(isDiskWell) ? 1 : 2;
}

/** Those that need somebody first, then by name. */
export function problemsFirst<Device extends Listed>(devices: readonly Device[]): Device[] {
  return [...devices].sort(
    (a, b) => urgency(a) - urgency(b) || a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
}

/** How full a disk is, 0 to 100. */
export function usedPercent(disk: { size_bytes: number; free_bytes: number }): number {
  const { size_bytes: size, free_bytes: free } = disk;
  return size > 0 ? Math.min(100, Math.max(0, ((size - free) / size) * 100)) : 0;
}

/** What an errand of devices is doing, in the order in which a probe does it. */
export const PROBE_STEPS = ["connecting", "identifying", "channels"] as const;
export type ProbeStep = (typeof PROBE_STEPS)[number];

/** How each step of a probe stands; `current` is what the node told last. */
export function probeSteps(
  current: string,
): { step: ProbeStep; state: "done" | "now" | "later" }[] {
  const at = PROBE_STEPS.findIndex((step) => step === current);
  return PROBE_STEPS.map((step, index) => ({
    step,
    state: index < at ? "done" : index === at ? "now" : "later",
  }));
}

/** Whether nothing more will come of an errand. */
export function isErrandOver({ state }: { state: string }): boolean {
  return state === "done" || state === "expired";
}

/** What is said of something that may still speak RTSP: an address by a pattern would do then. */
const MAYBE_PATTERN: readonly string[] = [
  "api_closed",
  "device_unknown",
  "device_garbled",
  "device_unfit",
  "device_unable",
];

export function isForPattern(reasonKey: string): boolean {
  return MAYBE_PATTERN.includes(reasonKey);
}

/** After these nobody shows the password again, until a person asks for it. */
const HALTS: readonly string[] = [
  "login_refused",
  "login_clock",
  "login_locked",
  "login_spared",
  "login_unanswered",
  "unauthorized",
  "account_locked",
];

export function isHalted(reasonKey: string): boolean {
  return HALTS.includes(reasonKey);
}

/** A channel as the list of what can be added looks at it. */
export interface Tickable {
  id: string;
  camera_id: string | null;
  missing_since: string | null;
}

/** Whether a channel may become a camera: it is there, and is none yet. */
export function isAddable({ camera_id, missing_since }: Tickable): boolean {
  return camera_id === null && missing_since === null;
}
