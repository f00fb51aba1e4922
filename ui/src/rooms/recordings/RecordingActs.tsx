import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useMakeClip } from "@/api/clips";
import type { Recording } from "@/api/recordings";
import { useMay } from "@/api/rights";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { duration, size } from "@/lib/format";
import { momentPlace, selectionPlace } from "@/lib/places";
import type { Span } from "@/lib/timeline";
import { dateTime } from "@/lib/zone";

/** Plays a recording, or makes a clip of it: of a part, or of the whole. */
export function RecordingActs({ recording, span, timeZone }: {
  recording: Recording;
  span: Span;
  timeZone: string;
}) {
  const { t, i18n } = useTranslation();
  const mayOperate = useMay("operate");
  const make = useMakeClip();
  const when = dateTime(span.from, timeZone, i18n.language);
  const name = { name: recording.camera, when };
  const { camera_id, stream, from, to } = recording;
  return (
    <>
      <Group gap={4} wrap="nowrap" justify="flex-end">
        <ActionIcon
          component={Link}
          to={momentPlace(camera_id, span.from)}
          variant="default"
          size="lg"
          aria-label={t("recordings.playNamed", name)}
          title={t("recordings.play")}
        >
          <Icon name="play" size={16} />
        </ActionIcon>
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon
              variant="default"
              size="lg"
              loading={make.isPending}
              aria-label={t("recordings.clipNamed", name)}
              title={t("recordings.clip")}
            >
              <Icon name="select" size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} to={selectionPlace(camera_id, span)}>
              {t("recordings.clipPart")}
            </Menu.Item>
            {mayOperate && (
              <Menu.Item onClick={() => make.mutate({ camera_id, stream, from, to })}>
                {t("recordings.clipWhole", {
                  length: duration(recording.seconds * 1000),
                  size: size(recording.size_bytes, i18n.language),
                })}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {make.isSuccess && (
        <div role="status">
          <Button component={Link} to="/clips" size="compact-sm" variant="default" mt={4}>
            {t("recordings.clipAsked")}
          </Button>
        </div>
      )}
      {make.error && <ErrorNote error={make.error} />}
    </>
  );
}
