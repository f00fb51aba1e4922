import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Applies, Named, ProfilePreview } from "@/api/planTypes";
import { AppliesChoice } from "@/kit/plan/AppliesChoice";
import { Notices } from "@/kit/plan/Notices";

import css from "./Profiles.module.css";

interface Props {
  preview: ProfilePreview | undefined;
  /** Whether something was written since. */
  isStale: boolean;
  isNew: boolean;
  /** Whether the person may save. */
  mayManage: boolean;
  applies: Applies;
  onApplies: (applies: Applies) => void;
  /** The way to save. */
  children: ReactNode;
}

/** What saving would mean: what to know, which cameras it concerns, and when it reaches them. */
export function PreviewPanel(props: Props) {
  const { preview, isStale, isNew, mayManage, applies, onApplies, children } = props;
  const { t } = useTranslation();
  const cameras = preview?.cameras ?? [];
  const title = t(mayManage ? "profiles.result" : "profiles.resultNow");
  return (
    <aside className={css.panel} aria-label={title} aria-busy={isStale}>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Stack gap="md" mt="xs">
        <Notices notices={preview?.notices ?? []} />
        {!isNew && preview && (
          <>
            <Text size="sm" role="status">
              {t("profiles.concerned", { count: cameras.length })}
            </Text>
            {cameras.length > 0 && <Names things={cameras} />}
            {mayManage && (
              <AppliesChoice value={applies} onChange={onApplies} restarts={preview.restarts.length} />
            )}
          </>
        )}
        {isNew && (
          <Text size="sm" c="dimmed">
            {t("profiles.newHint")}
          </Text>
        )}
        {children}
      </Stack>
    </aside>
  );
}

const SHOWN = 8;

function Names({ things }: { things: readonly Named[] }) {
  const { t } = useTranslation();
  const rest = things.length - SHOWN;
  return (
    <ul className={css.names}>
      {things.slice(0, SHOWN).map(({ id, name }) => (
        <li key={id}>{name}</li>
      ))}
      {rest > 0 && <li>{t("profiles.andMore", { count: rest })}</li>}
    </ul>
  );
}
