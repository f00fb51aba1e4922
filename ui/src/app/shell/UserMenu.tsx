import {
  Box,
  Button,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useSignOut } from "@/api/actions";
import type { User } from "@/api/types";
import { Icon } from "@/kit/icons";
import { LanguageSwitch } from "@/kit/LanguageSwitch";
import { toLanguage } from "@/lib/words";

import css from "./UserMenu.module.css";

/** The person, the language, the colours, and the way out. */
export function UserMenu({ user, version }: { user: User; version: string }) {
  const { t, i18n } = useTranslation();
  const signOut = useSignOut();
  return (
    <Popover position="bottom-end" width={280} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton className={css.button}>
          <VisuallyHidden>{t("menu.open")}</VisuallyHidden>
          <span className={css.initial} aria-hidden="true">
            {user.username.slice(0, 1).toUpperCase()}
          </span>
          <span className={css.language} aria-hidden="true">
            {toLanguage(i18n.language).toUpperCase()}
          </span>
          <Icon name="menu" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="md">
          <Box>
            <Text fw={600}>{t("menu.account", { name: user.username })}</Text>
            <Text size="sm" c="dimmed">
              {user.is_admin && `${t("menu.administrator")} · `}
              {t("app.name")} {version}
            </Text>
          </Box>
          <Stack gap={4}>
            <Text size="sm" c="dimmed" id="menu-language">
              {t("menu.language")}
            </Text>
            <LanguageSwitch labelledBy="menu-language" />
          </Stack>
          <Stack gap={4}>
            <Text size="sm" c="dimmed" id="menu-appearance">
              {t("menu.appearance")}
            </Text>
            <SchemeSwitch />
          </Stack>
          <Button variant="default" onClick={() => signOut.mutate()} loading={signOut.isPending}>
            {t("menu.signOut")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

const SCHEMES = ["light", "dark", "auto"] as const;

function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      aria-labelledby="menu-appearance"
      value={colorScheme}
      onChange={setColorScheme}
      data={SCHEMES.map((value) => ({ value, label: t(`menu.${value}`) }))}
    />
  );
}
