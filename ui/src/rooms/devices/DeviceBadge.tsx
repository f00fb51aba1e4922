import { useTranslation } from "react-i18next";

import { MoodBadge } from "@/kit/MoodBadge";
import type { Look } from "@/kit/state";
import { type DeviceStateName, toDeviceState } from "@/lib/devices";

const LOOKS: Record<DeviceStateName, Look> = {
  connecting: { mood: "busy", icon: "retry" },
  online: { mood: "good", icon: "check" },
  offline: { mood: "bad", icon: "offline" },
  refused: { mood: "bad", icon: "lock" },
  locked: { mood: "warn", icon: "lock" },
  other_device: { mood: "bad", icon: "alert" },
  node_offline: { mood: "bad", icon: "offline" },
  not_assigned: { mood: "idle", icon: "minus" },
  unknown: { mood: "idle", icon: "minus" },
};

export function lookOfDevice(state: string): Look {
  return LOOKS[toDeviceState(state)];
}

/** A device's state in a word. */
export function DeviceBadge({ state }: { state: string }) {
  const { t } = useTranslation();
  const name = toDeviceState(state);
  return (
    <MoodBadge look={LOOKS[name]} title={t(`devices.stateHint.${name}`)}>
      {t(`devices.state.${name}`)}
    </MoodBadge>
  );
}
