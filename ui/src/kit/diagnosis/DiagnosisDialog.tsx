import { Button, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { type Diagnosis, isOver, reportText, toItems, toVerdict } from "@/lib/diagnosis";
import { pick } from "@/lib/words";

import { CopyText } from "../CopyText";
import { Dialog } from "../Dialog";
import { ErrorNote } from "../ErrorNote";
import { Icon } from "../icons";
import css from "./DiagnosisDialog.module.css";
import { SkippedItem, StepItem } from "./StepItem";
import { VerdictBadge } from "./VerdictBadge";

interface Props {
  /** What is diagnosed, in a line. */
  title: string;
  /** undefined: nothing is known of it yet. */
  diagnosis: Diagnosis | undefined;
  error: unknown;
  onAgain: () => void;
  onClose: () => void;
}

/** The steps of a diagnosis as they come, what they mean, and what to do. */
export function DiagnosisDialog({ title, diagnosis, error, onAgain, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const over = diagnosis !== undefined && isOver(diagnosis);
  return (
    <Dialog title={title} size="lg" onClose={onClose}>
      <Stack>
        {error ? <ErrorNote error={error} /> : null}
        {!error && <Summary diagnosis={diagnosis} />}
        {diagnosis && diagnosis.steps.length > 0 && (
          <ol className={css.steps} aria-label={t("diagnosis.steps")}>
            {toItems(diagnosis.steps).map((item) =>
              Array.isArray(item) ? (
                <SkippedItem key={item[0]?.step} steps={item} />
              ) : (
                <StepItem key={item.step} step={item} />
              ),
            )}
          </ol>
        )}
        <Group justify="flex-end">
          {over && diagnosis.steps.length > 0 && (
            <CopyText
              value={reportText(title, diagnosis, i18n.language, (verdict) => t(`diagnosis.verdict.${verdict}`))}
            />
          )}
          {(over || Boolean(error)) && (
            <Button size="xs" variant="default" leftSection={<Icon name="retry" size={14} />} onClick={onAgain}>
              {t("diagnosis.again")}
            </Button>
          )}
          <Button size="xs" onClick={onClose}>
            {t("action.close")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** Where it stands, and at the end what is wrong first and what to do. */
function Summary({ diagnosis }: { diagnosis: Diagnosis | undefined }) {
  const { t, i18n } = useTranslation();
  const { state = "waiting", verdict = null, summary = null } = diagnosis ?? {};
  const isDone = state === "done" || state === "expired";
  const words = summary ? pick(summary, i18n.language) : "";
  const plain = state === "waiting" || state === "running" || state === "expired" ? state : "done";
  return (
    <div className={css.summary} role="status" data-verdict={isDone ? toVerdict(verdict ?? "failed") : "running"}>
      <VerdictBadge verdict={isDone ? toVerdict(verdict ?? "failed") : "running"} />
      <span>{words || t(`diagnosis.state.${plain}`)}</span>
    </div>
  );
}
