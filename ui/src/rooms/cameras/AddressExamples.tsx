import { Button, Code, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import css from "./AddressExamples.module.css";

const EXAMPLES = [
  { key: "hikvision", address: "rtsp://192.168.1.64:554/Streaming/Channels/101" },
  { key: "dahua", address: "rtsp://192.168.1.64:554/cam/realmonitor?channel=1&subtype=0" },
  { key: "generic", address: "rtsp://192.168.1.64:554/" },
  { key: "mjpeg", address: "http://192.168.1.64/video.mjpg" },
  { key: "usb", address: "v4l2:///dev/video0" },
] as const;

/** What the address looks like at the common makers; one click puts it into the field. */
export function AddressExamples({ onUse }: { onUse: (address: string) => void }) {
  const { t } = useTranslation();
  return (
    <details className={css.box}>
      <summary>{t("cameraForm.examples")}</summary>
      <Text size="sm" c="dimmed" my="xs">
        {t("cameraForm.examplesIntro")}
      </Text>
      <ul>
        {EXAMPLES.map(({ key, address }) => (
          <li key={key}>
            <div>
              <Text size="sm" fw={600}>
                {t(`cameraForm.${key}`)}
              </Text>
              <Code className={css.code ?? ""}>{address}</Code>
              {key === "generic" && (
                <Text size="sm" c="dimmed">
                  {t("cameraForm.genericHint")}
                </Text>
              )}
            </div>
            <Button size="compact-sm" variant="default" onClick={() => onUse(address)}>
              {t("cameraForm.use")}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
