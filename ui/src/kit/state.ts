import type { StateName } from "@/lib/state";

import type { IconName } from "./icons";

/** How a state looks: a mood (colour) and an icon, so that it is never told by colour alone. */
export interface Look {
  mood: "good" | "busy" | "warn" | "bad" | "idle";
  icon: IconName;
}

const LOOKS: Record<StateName, Look> = {
  recording: { mood: "good", icon: "check" },
  connecting: { mood: "busy", icon: "retry" },
  waiting: { mood: "warn", icon: "clock" },
  failed: { mood: "bad", icon: "alert" },
  stalled: { mood: "warn", icon: "slash" },
  no_disk: { mood: "bad", icon: "disk" },
  paused: { mood: "idle", icon: "pause" },
  not_scheduled: { mood: "idle", icon: "moon" },
  standby: { mood: "idle", icon: "standby" },
  silent: { mood: "warn", icon: "offline" },
  node_offline: { mood: "bad", icon: "offline" },
  not_assigned: { mood: "idle", icon: "minus" },
  unknown: { mood: "idle", icon: "minus" },
};

export function lookOf(state: StateName): Look {
  return LOOKS[state];
}
