import { Button, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { type Clip, useChangeClip } from "@/api/clips";
import { useMay } from "@/api/rights";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Moment } from "@/kit/Moment";
import { expiryAfter, KEPT_DAYS } from "@/lib/clips";

/** Until when a clip is kept, and a way to say otherwise. */
export function ClipExpiry({ clip, timeZone }: { clip: Clip; timeZone: string }) {
  const { t } = useTranslation();
  const mayOperate = useMay("operate");
  const change = useChangeClip(clip.id);
  const until = clip.expires_at ? (
    <Moment at={clip.expires_at} timeZone={timeZone} />
  ) : (
    t("clips.never")
  );
  if (!mayOperate) return <span>{until}</span>;
  return (
    <>
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            fw={400}
            loading={change.isPending}
            rightSection={<Icon name="edit" size={13} />}
            title={t("clips.changeExpiry", { name: clip.name })}
          >
            {until}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("clips.keep")}</Menu.Label>
          <Menu.Item onClick={() => change.mutate({ expires_at: null })}>
            {t("clips.keepAlways")}
          </Menu.Item>
          {KEPT_DAYS.map((days) => (
            <Menu.Item
              key={days}
              onClick={() => change.mutate({ expires_at: expiryAfter(days, Date.now()) })}
            >
              {t("clips.keepDays", { count: days })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {change.error && <ErrorNote error={change.error} />}
    </>
  );
}
