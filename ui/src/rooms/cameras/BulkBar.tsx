import { Button, CloseButton, Menu, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type BulkAct, PartlyRefused, useBulkAct } from "@/api/bulk";
import { useTimeZone } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { PauseDialog } from "@/kit/plan/PauseDialog";
import { PauseItems } from "@/kit/plan/PauseItems";

import css from "./BulkBar.module.css";

interface Props {
  /** Those that are chosen; at least one. */
  cameras: readonly Camera[];
  onProfile: () => void;
  onClear: () => void;
}

/** What can be asked of all chosen cameras at once. */
export function BulkBar({ cameras, onProfile, onClear }: Props) {
  const { t } = useTranslation();
  const [hasDialog, setDialog] = useState(false);
  const [mayOperate, mayManage] = [useMay("operate"), useMay("manage")];
  const bulk = useBulkAct();
  const timeZone = useTimeZone(cameras[0]?.site_id);
  const paused = cameras.filter(({ pause }) => pause !== null);
  const ask = (act: BulkAct, asked = cameras) =>
    bulk.mutate({ cameraIds: asked.map(({ id }) => id), act });
  const count = cameras.length;
  return (
    <section className={css.bar} aria-label={t("bulk.label")}>
      <Text fw={650} role="status" className="numeric">
        {t("bulk.chosen", { count })}
      </Text>
      <div className={css.acts}>
        {mayOperate && (
          <>
            <Menu position="top-start" shadow="md" width={270} withinPortal>
              <Menu.Target>
                <Button size="xs" variant="default" disabled={bulk.isPending} leftSection={<Icon name="pause" size={14} />}>
                  {t("plan.pauseSubmit")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <PauseItems
                  onPause={(pause) => ask({ kind: "pause", pause })}
                  onOther={() => setDialog(true)}
                />
              </Menu.Dropdown>
            </Menu>
            {paused.length > 0 && (
              <Button
                size="xs"
                variant="default"
                disabled={bulk.isPending}
                leftSection={<Icon name="play" size={14} />}
                onClick={() => ask({ kind: "resume" }, paused)}
              >
                {t("bulk.resume", { count: paused.length })}
              </Button>
            )}
            <Button
              size="xs"
              variant="default"
              disabled={bulk.isPending}
              leftSection={<Icon name="retry" size={14} />}
              onClick={() => ask({ kind: "enforce" })}
            >
              {t("plan.enforce")}
            </Button>
          </>
        )}
        {mayManage && (
          <Button
            size="xs"
            variant="default"
            disabled={bulk.isPending}
            leftSection={<Icon name="plan" size={14} />}
            onClick={onProfile}
          >
            {t("bulk.profile")}
          </Button>
        )}
      </div>
      <CloseButton aria-label={t("bulk.clear")} title={t("bulk.clear")} onClick={onClear} />
      <Outcome bulk={bulk} />
      {hasDialog && (
        <PauseDialog
          title={t("bulk.pauseTitle", { count })}
          timeZone={timeZone}
          onPause={(pause) => {
            setDialog(false);
            ask({ kind: "pause", pause });
          }}
          onClose={() => setDialog(false)}
        />
      )}
    </section>
  );
}

/** How far it is, and what came of it. */
function Outcome({ bulk }: { bulk: ReturnType<typeof useBulkAct> }) {
  const { t } = useTranslation();
  const { variables, error } = bulk;
  if (!variables) return null;
  const count = variables.cameraIds.length;
  if (error) {
    const { refused, count: all } = error instanceof PartlyRefused ? error : { refused: count, count };
    return (
      <div className={css.whole}>
        <ErrorNote error={error} title={t("bulk.refused", { count: refused, all })} />
      </div>
    );
  }
  return (
    <Text size="sm" c="dimmed" role="status" className={`${css.whole} numeric`}>
      {bulk.isPending
        ? t("bulk.working", { done: bulk.done, count })
        : t(`bulk.done.${variables.act.kind}`, { count })}
    </Text>
  );
}
