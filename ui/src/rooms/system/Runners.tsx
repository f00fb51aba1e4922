import { Button, Group, NativeSelect, SegmentedControl, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useEnforceAll } from "@/api/planActs";
import { runnersQuery } from "@/api/plans";
import type { Runner } from "@/api/planTypes";
import { useMay } from "@/api/rights";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { SearchBox } from "@/kit/SearchBox";
import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";
import { useNow } from "@/kit/useNow";
import { hasWords, isState, tally, TROUBLE } from "@/lib/filter";
import { duration } from "@/lib/format";
import { toState } from "@/lib/state";

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
  const mayOperate = useMay("operate");
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
          {mayOperate && (
            <Button
              size="xs"
              loading={enforce.isPending}
              onClick={() => enforce.mutate()}
              title={t("runners.enforceHint")}
            >
              {t("plan.enforce")}
            </Button>
          )}
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
      {runners.data && runners.data.length > 0 && <Found runners={runners.data} />}
    </section>
  );
}

const STEP = 40;

/** The runners that are looked for. */
function Found({ runners }: { runners: readonly Runner[] }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [state, setState] = useState("");
  const found = runners.filter(
    (runner) =>
      isState(toState(runner.state), state) &&
      hasWords(text, [runner.camera, runner.node, runner.site, runner.stream, runner.engine]),
  );
  const { some, rest, more } = useGrowing(found, STEP);
  return (
    <>
      <div role="search" className={css.find}>
        <SearchBox label={t("list.searchRunner")} value={text} onChange={setText} className={css.text} />
        <NativeSelect
          aria-label={t("runners.state")}
          value={state}
          onChange={({ currentTarget }) => setState(currentTarget.value)}
          data={[
            { value: "", label: t("list.anyState") },
            { value: TROUBLE, label: t("list.trouble") },
            ...tally(runners.map((runner) => toState(runner.state))).map(([name, count]) => ({
              value: name,
              label: `${t(`state.${name}`)} (${count})`,
            })),
          ]}
        />
        <Text size="sm" c="dimmed" role="status" className="numeric">
          {t("list.found", { count: found.length, all: runners.length })}
        </Text>
      </div>
      {found.length > 0 ? (
        <RunnerTable runners={some} />
      ) : (
        <Text c="dimmed" ta="center" py="xl">
          {t("list.noneFound")}
        </Text>
      )}
      <ShowMore rest={rest} onMore={more} />
    </>
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
