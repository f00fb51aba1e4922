import { Popover, Stack, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { untilText } from "@/lib/until";
import { pick, type Words } from "@/lib/words";

import { ErrorNote } from "../ErrorNote";
import { Icon } from "../icons";
import { useNow } from "../useNow";
import css from "./WhyButton.module.css";

/** Whether a camera runs for one purpose, how, until when, and why. */
export interface WhyFact {
  runs: boolean;
  profile: string;
  why: Words;
  until: string | null;
}

export interface WhyFacts {
  recording: WhyFact;
  analysis: WhyFact;
  node: { node: string } | null;
}

interface Props {
  name: string;
  timeZone: string;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  facts: WhyFacts | undefined;
  error: unknown;
}

/** The answer to “why?”, one click away. */
export function WhyButton({ name, timeZone, isOpen, onOpen, facts, error }: Props) {
  const { t } = useTranslation();
  return (
    <Popover opened={isOpen} onChange={onOpen} position="bottom-start" width={330} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton className={css.button} onClick={() => onOpen(!isOpen)}>
          <Icon name="question" size={15} />
          <span>
            {t("why.button")}
            <VisuallyHidden> {name}</VisuallyHidden>
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("why.title", { name })}>
        {error && !facts ? <ErrorNote error={error} /> : null}
        {!facts && !error && <Text size="sm">{t("app.loading")}</Text>}
        {facts && <Facts facts={facts} timeZone={timeZone} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Facts({ facts, timeZone }: { facts: WhyFacts; timeZone: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" tabIndex={-1} data-autofocus>
      <Purpose title={t("why.recording")} fact={facts.recording} timeZone={timeZone} />
      <Purpose title={t("why.analysis")} fact={facts.analysis} timeZone={timeZone} />
      {facts.node && <Line>{t("why.node", { node: facts.node.node })}</Line>}
    </Stack>
  );
}

function Purpose({ title, fact, timeZone }: { title: string; fact: WhyFact; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  return (
    <div>
      <Text size="sm" fw={650}>
        {title}: {fact.runs ? t("why.runs") : t("why.rests")}
      </Text>
      <Line>{pick(fact.why, i18n.language)}</Line>
      {fact.runs && fact.profile && <Line>{t("why.profile", { profile: fact.profile })}</Line>}
      {fact.until && (
        <Line>
          {t("why.until", { until: untilText(Date.parse(fact.until), now, timeZone, i18n.language) })}
        </Line>
      )}
    </div>
  );
}

function Line({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" className="numeric">
      {children}
    </Text>
  );
}
