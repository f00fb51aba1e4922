import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { PauseWish } from "@/lib/acts";

import { Icon } from "../icons";

const LENGTHS = [
  { key: "pauseHalfHour", icon: "pause", wish: { minutes: 30, until_tomorrow: false, why: "" } },
  { key: "pauseTwoHours", icon: "pause", wish: { minutes: 120, until_tomorrow: false, why: "" } },
  { key: "pauseTomorrow", icon: "moon", wish: { until_tomorrow: true, why: "" } },
] as const;

/** The ways to pause, for a menu. */
export function PauseItems({ onPause, onOther }: {
  onPause: (wish: PauseWish) => void;
  /** Asks for another time, or for a reason. */
  onOther: () => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      {LENGTHS.map(({ key, icon, wish }) => (
        <Menu.Item key={key} leftSection={<Icon name={icon} size={15} />} onClick={() => onPause(wish)}>
          {t(`plan.${key}`)}
        </Menu.Item>
      ))}
      <Menu.Item leftSection={<Icon name="clock" size={15} />} onClick={onOther}>
        {t("plan.pauseOther")}
      </Menu.Item>
    </>
  );
}
