import { Box, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import css from "./Doorway.module.css";
import { Lantern } from "./Lantern";
import { LanguageSwitch } from "./LanguageSwitch";

/** The way in: the watchman's street at night beside one card. */
export function Doorway({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={css.page}>
      <header className={`${css.street} on-night`}>
        <div className={css.mark}>
          <Lantern size={88} />
          <span className={css.name}>{t("app.name")}</span>
          <Text className={css.motto ?? ""}>{t("signin.motto")}</Text>
        </div>
      </header>
      <main className={css.side}>
        <Box className={css.language ?? ""}>
          <LanguageSwitch />
        </Box>
        <Box className={css.card ?? ""}>
          <Title order={1} size="h2" mb="lg">
            {title}
          </Title>
          {children}
        </Box>
      </main>
    </div>
  );
}
