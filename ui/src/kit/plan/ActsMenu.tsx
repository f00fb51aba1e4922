import { ActionIcon, Button, Menu } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import type { CameraAct, PauseWish } from "@/lib/acts";

import { Icon } from "../icons";
import { PauseDialog } from "./PauseDialog";

const HALF_HOUR = 30;
const TWO_HOURS = 120;

interface Props {
  /** The camera's name. */
  name: string;
  isPaused: boolean;
  isManual: boolean;
  isBusy: boolean;
  /** The camera's own screen has room for the word; a row of the list has not. */
  isWide?: boolean;
  timeZone: string;
  onAct: (act: CameraAct) => void;
  /** More that the screen offers. */
  children?: ReactNode;
}

/** What can be asked of a camera at once: pause it, record it by hand, look at it anew. */
export function ActsMenu(props: Props) {
  const { name, isPaused, isManual, isBusy, isWide = false, timeZone, onAct, children } = props;
  const { t } = useTranslation();
  const [hasDialog, setDialog] = useState(false);
  const pauseFor = (pause: PauseWish) => onAct({ kind: "pause", pause });
  const pause = (minutes: number) => () => pauseFor({ minutes, until_tomorrow: false, why: "" });
  const record = (minutes: number | null) => () => onAct({ kind: "record", minutes });
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={270} withinPortal>
        <Menu.Target>
          {isWide ? (
            <Button variant="default" size="xs" loading={isBusy} leftSection={<Icon name="menu" size={16} />}>
              {t("plan.acts")}
            </Button>
          ) : (
            <ActionIcon
              variant="default"
              size="lg"
              loading={isBusy}
              aria-label={t("plan.actsOf", { name })}
              title={t("plan.acts")}
            >
              <Icon name="menu" size={17} />
            </ActionIcon>
          )}
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("plan.pauseTitle")}</Menu.Label>
          {isPaused && (
            <Menu.Item leftSection={<Icon name="play" size={15} />} onClick={() => onAct({ kind: "resume" })}>
              {t("plan.resume")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Icon name="pause" size={15} />} onClick={pause(HALF_HOUR)}>
            {t("plan.pauseHalfHour")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="pause" size={15} />} onClick={pause(TWO_HOURS)}>
            {t("plan.pauseTwoHours")}
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon name="moon" size={15} />}
            onClick={() => pauseFor({ until_tomorrow: true, why: "" })}
          >
            {t("plan.pauseTomorrow")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="clock" size={15} />} onClick={() => setDialog(true)}>
            {t("plan.pauseOther")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t("plan.manualTitle")}</Menu.Label>
          {isManual && (
            <Menu.Item leftSection={<Icon name="stop" size={15} />} onClick={() => onAct({ kind: "stop" })}>
              {t("plan.manualStop")}
            </Menu.Item>
          )}
          {([[10, "recordTen"], [60, "recordHour"], [null, "recordOpen"]] as const).map(
            ([minutes, key]) => (
              <Menu.Item
                key={key}
                leftSection={<Icon name="record" size={15} />}
                disabled={isPaused}
                onClick={record(minutes)}
              >
                {t(`plan.${key}`)}
              </Menu.Item>
            ),
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="retry" size={15} />} onClick={() => onAct({ kind: "enforce" })}>
            {t("plan.enforce")}
          </Menu.Item>
          {children}
        </Menu.Dropdown>
      </Menu>
      {hasDialog && (
        <PauseDialog
          name={name}
          timeZone={timeZone}
          onPause={(wish) => {
            setDialog(false);
            pauseFor(wish);
          }}
          onClose={() => setDialog(false)}
        />
      )}
    </>
  );
}
