import { ActionIcon, Button, Menu } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import type { CameraAct } from "@/lib/acts";

import { Icon } from "../icons";
import { PauseDialog } from "./PauseDialog";
import { PauseItems } from "./PauseItems";

interface Props {
  /** The camera's name. */
  name: string;
  isPaused: boolean;
  isManual: boolean;
  isBusy: boolean;
  /** Whether the person may do more than look. */
  mayOperate: boolean;
  /** The camera's own screen has room for the word; a row of the list has not. */
  isWide?: boolean;
  timeZone: string;
  onAct: (act: CameraAct) => void;
  /** More that the screen offers. */
  children?: ReactNode;
}

/** What can be asked of a camera at once: pause it, record it by hand, look at it anew. */
export function ActsMenu(props: Props) {
  const { name, isBusy, mayOperate, isWide = false, timeZone, onAct, children } = props;
  const { t } = useTranslation();
  const [hasDialog, setDialog] = useState(false);
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
          {mayOperate && <ActItems {...props} onOther={() => setDialog(true)} />}
          {children}
        </Menu.Dropdown>
      </Menu>
      {hasDialog && (
        <PauseDialog
          title={t("plan.pauseNamed", { name })}
          timeZone={timeZone}
          onPause={(pause) => {
            setDialog(false);
            onAct({ kind: "pause", pause });
          }}
          onClose={() => setDialog(false)}
        />
      )}
    </>
  );
}

const RECORDINGS = [[10, "recordTen"], [60, "recordHour"], [null, "recordOpen"]] as const;

/** What changes what the camera does. */
function ActItems({ isPaused, isManual, onAct, onOther }: Props & { onOther: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Menu.Label>{t("plan.pauseTitle")}</Menu.Label>
      {isPaused && (
        <Menu.Item leftSection={<Icon name="play" size={15} />} onClick={() => onAct({ kind: "resume" })}>
          {t("plan.resume")}
        </Menu.Item>
      )}
      <PauseItems onPause={(pause) => onAct({ kind: "pause", pause })} onOther={onOther} />
      <Menu.Divider />
      <Menu.Label>{t("plan.manualTitle")}</Menu.Label>
      {isManual && (
        <Menu.Item leftSection={<Icon name="stop" size={15} />} onClick={() => onAct({ kind: "stop" })}>
          {t("plan.manualStop")}
        </Menu.Item>
      )}
      {RECORDINGS.map(([minutes, key]) => (
        <Menu.Item
          key={key}
          leftSection={<Icon name="record" size={15} />}
          disabled={isPaused}
          onClick={() => onAct({ kind: "record", minutes })}
        >
          {t(`plan.${key}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<Icon name="retry" size={15} />} onClick={() => onAct({ kind: "enforce" })}>
        {t("plan.enforce")}
      </Menu.Item>
    </>
  );
}
