import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { pick, type Words } from "@/lib/words";

import css from "./ErrorNote.module.css";
import { Icon } from "./icons";

/** What a refusal carries: a status (0 when nothing answered) and the server's words, if any. */
export interface Refusal {
  status: number;
  words: Words | null;
}

/** The sentence for a failed call, in the reader's language. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    const refusal = isRefusal(error) ? error : { status: -1, words: null };
    if (refusal.words) return pick(refusal.words, i18n.language);
    if ([0, 502, 504].includes(refusal.status)) return t("error.unreachable");
    return t("error.unknown", { status: refusal.status });
  };
}

function isRefusal(error: unknown): error is Refusal {
  return typeof error === "object" && error !== null && "status" in error && "words" in error;
}

/** What went wrong and, with `onRetry`, a way to try again. */
export function ErrorNote({ error, title, onRetry, retryLabel }: {
  error: unknown;
  title?: string | undefined;
  onRetry?: (() => void) | undefined;
  /** What trying again means here. */
  retryLabel?: string;
}) {
  const { t } = useTranslation();
  const text = useErrorText();
  return (
    <div className={css.note} role="alert">
      <Icon name="alert" />
      <div className={css.words}>
        {title && <strong>{title}</strong>}
        <span>{text(error)}</span>
      </div>
      {onRetry && (
        <Button variant="default" size="xs" onClick={onRetry} leftSection={<Icon name="retry" size={14} />}>
          {retryLabel ?? t("error.retry")}
        </Button>
      )}
    </div>
  );
}
