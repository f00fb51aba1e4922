import { Button, Group, SegmentedControl, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useEnforceAll } from "@/api/planActs";
import { runnersQuery } from "@/api/plans";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { useNow } from "@/kit/useNow";
import { duration } from "@/lib/format";

import css from "./Runners.module.css";
import { RunnerTable } from "./RunnerTable";

const REFRESHES = { off: false, ten: 10_000, live: 2_000 } as const;
type Refresh = keyof typeof REFRESHES;
const CHOICES: readonly Refresh[] = ["off", "ten", "live"];

/** Every stream's runner, as its node told it last. */
export function Runners() {
  const { t } = useTranslation();
  const [refresh, setRefresh] = useState<Refresh>("ten");
  const runners = useQuery(runnersQuery(REFRESHES[refresh]));
  const enforce = useEnforceAll();
  return (
    <section className={css.section} aria-labelledby="runners">
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2} size="h3" id="runners">
            {t("runners.title")}
          </Title>
          {runners.dataUpdatedAt > 0 && <Age at={runners.dataUpdatedAt} />}
        </div>
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label={t("runners.refresh")}
            value={refresh}
            onChange={(value) => setRefresh(CHOICES.find((one) => one === value) ?? "ten")}
            data={CHOICES.map((value) => ({ value, label: t(`runners.refreshes.${value}`) }))}
          />
          {refresh === "off" && (
            <Button
              size="xs"
              variant="default"
              loading={runners.isFetching}
              leftSection={<Icon name="retry" size={14} />}
              onClick={() => void runners.refetch()}
            >
              {t("runners.reload")}
            </Button>
          )}
          <Button
            size="xs"
            loading={enforce.isPending}
            onClick={() => enforce.mutate()}
            title={t("runners.enforceHint")}
          >
            {t("plan.enforce")}
          </Button>
        </Group>
      </Group>
      {enforce.error && <ErrorNote error={enforce.error} />}
      {enforce.isSuccess && (
        <Text size="sm" role="status" mb="xs">
          {t("runners.enforced", { count: enforce.data.cameras })}
        </Text>
      )}
      {runners.error && (
        <ErrorNote error={runners.error} onRetry={() => void runners.refetch()} />
      )}
      {runners.data?.length === 0 && <Text c="dimmed">{t("runners.empty")}</Text>}
      {runners.data && runners.data.length > 0 && <RunnerTable runners={runners.data} />}
    </section>
  );
}

function Age({ at }: { at: number }) {
  const { t } = useTranslation();
  const seconds = Math.max(0, Math.round((useNow() - at) / 1000));
  return (
    <Text size="sm" c="dimmed" className="numeric">
      {t("runners.asOf", { ago: duration(seconds * 1000) })}
    </Text>
  );
}
