import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { StreamName } from "@/api/playback";
import css from "@/kit/player/PlayControls.module.css";

/** The full picture, or the smaller one of the same camera. */
export function StreamChoice({ stream, onStream }: {
  stream: StreamName;
  onStream: (stream: StreamName) => void;
}) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      className={css.choice ?? ""}
      classNames={{ input: css.select ?? "" }}
      size="xs"
      aria-label={t("camera.stream")}
      value={stream}
      onChange={(event) => onStream(event.currentTarget.value as StreamName)}
      data={[
        { value: "main", label: t("camera.main") },
        { value: "sub", label: t("camera.sub") },
      ]}
    />
  );
}
