import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Icon } from "./icons";

/** A button that puts `value` on the clipboard and says that it did. */
export function CopyText({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="default"
          onClick={copy}
          leftSection={<Icon name={copied ? "check" : "copy"} size={14} />}
        >
          <span aria-live="polite">{copied ? t("action.copied") : t("action.copy")}</span>
        </Button>
      )}
    </CopyButton>
  );
}
