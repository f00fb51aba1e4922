import { Radio, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** When a change reaches what runs. */
type Applies = "now" | "next_spawn";

interface Props {
  value: Applies;
  onChange: (value: Applies) => void;
  /** How many cameras would be started anew; null: not known. */
  restarts?: number | null;
}

/** At once, at the cost of a short break; or with each stream's next start. */
export function AppliesChoice({ value, onChange, restarts = null }: Props) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t("applies.label")}
      value={value}
      onChange={(chosen) => onChange(chosen === "now" ? "now" : "next_spawn")}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="next_spawn" label={t("applies.next")} description={t("applies.nextHint")} />
        <Radio
          value="now"
          label={t("applies.now")}
          description={
            restarts === null ? t("applies.nowHint") : t("applies.nowCount", { count: restarts })
          }
        />
      </Stack>
    </Radio.Group>
  );
}
