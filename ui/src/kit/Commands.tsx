import { Code, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import css from "./Commands.module.css";
import { CopyText } from "./CopyText";

/** The exact commands that run for a stream, to copy; they hold no secret. */
export function Commands({ command, ffmpeg = "" }: { command: string; ffmpeg?: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Command title={t("details.command")} command={command}>
        {command ? t("details.commandHint") : t("details.noCommand")}
      </Command>
      {ffmpeg && (
        <Command title={t("details.ffmpeg")} command={ffmpeg}>
          {t("details.ffmpegHint")}
        </Command>
      )}
    </Stack>
  );
}

function Command({ title, command, children }: { title: string; command: string; children: string }) {
  return (
    <section className={css.command} aria-label={title}>
      <header>
        <Text fw={600}>{title}</Text>
        {command && <CopyText value={command} />}
      </header>
      {command && <Code block>{command}</Code>}
      <Text size="sm" c="dimmed">
        {children}
      </Text>
    </section>
  );
}
