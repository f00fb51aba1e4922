import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { LANGUAGES, toLanguage } from "@/lib/words";

/** Each language is named in itself, for those who read only that one. */
const NAMES = { en: "English", es: "Español" };

export function LanguageSwitch({ labelledBy }: { labelledBy?: string }) {
  const { t, i18n } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      {...(labelledBy ? { "aria-labelledby": labelledBy } : { "aria-label": t("menu.language") })}
      value={toLanguage(i18n.language)}
      onChange={(language) => void i18n.changeLanguage(language)}
      data={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))}
    />
  );
}
