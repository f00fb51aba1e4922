import { Button, Group, Switch, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { useTranslation } from "react-i18next";

import { isStale } from "@/api/errors";
import { type Layout, type LayoutFields, layoutsQuery, useRemoveLayout, useSaveLayout } from "@/api/layouts";
import { useMay } from "@/api/rights";
import { ErrorNote } from "@/kit/ErrorNote";
import { RemoveButton } from "@/kit/RemoveButton";

import css from "./Editor.module.css";

interface Props {
  seen: Layout | null;
  draft: LayoutFields;
  onChange: (part: Partial<LayoutFields>) => void;
  onDone: (id: number | null) => void;
  onCancel: () => void;
}

/** The layout's name, who sees it, and what becomes of it. */
export function SaveBar({ seen, draft, onChange, onDone, onCancel }: Props) {
  const { t } = useTranslation();
  const save = useSaveLayout();
  const { refetch } = useQuery(layoutsQuery);
  const mayShare = useMay("operate");
  const mayChange = seen === null || !seen.is_shared || mayShare;
  const keep = (as: Layout | null, fields: LayoutFields) =>
    save.mutate({ seen: as, fields }, { onSuccess: ({ id }) => onDone(id) });
  const saveAsNew = () => {
    const name = draft.name.trim();
    const isSame = seen !== null && name === seen.name;
    keep(null, {
      ...draft,
      name: isSame ? t("layout.copyOf", { name }) : name,
      is_shared: draft.is_shared && mayShare,
    });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (mayChange) keep(seen, { ...draft, name: draft.name.trim() });
    else saveAsNew();
  };
  const isEmpty = draft.tiles.length === 0;
  return (
    <form onSubmit={submit} className={css.saveBar}>
      <Title order={1} size="h4" tabIndex={-1} ref={focusAtFirst}>
        {seen ? t("layout.editTitle", { name: seen.name }) : t("layout.newTitle")}
      </Title>
      {save.error && (
        <ErrorNote
          error={save.error}
          onRetry={isStale(save.error) ? () => void refetch() : undefined}
          retryLabel={t("error.lookAgain")}
        />
      )}
      {!mayChange && <p className={css.note}>{t("layout.cannotChange")}</p>}
      <Group align="end" gap="sm">
        <TextInput
          label={t("layout.name")}
          size="sm"
          value={draft.name}
          maxLength={80}
          required
          withAsterisk={false}
          onChange={({ currentTarget }) => onChange({ name: currentTarget.value })}
        />
        {mayShare && (
          <Switch
            label={t("layout.share")}
            checked={draft.is_shared}
            onChange={({ currentTarget }) => onChange({ is_shared: currentTarget.checked })}
            className={css.share ?? ""}
          />
        )}
        <Group gap="xs" ml="auto">
          {seen && mayChange && <Remove seen={seen} onDone={onDone} />}
          <Button variant="default" onClick={onCancel}>
            {t("action.cancel")}
          </Button>
          {seen && mayChange && (
            <Button variant="default" disabled={isEmpty} loading={save.isPending} onClick={saveAsNew}>
              {t("layout.saveAs")}
            </Button>
          )}
          <Button type="submit" disabled={isEmpty} loading={save.isPending}>
            {mayChange ? t("action.save") : t("layout.saveAs")}
          </Button>
        </Group>
      </Group>
    </form>
  );
}

/** Whoever came by the keyboard goes on here: the menu that led here is gone. */
function focusAtFirst(title: HTMLHeadingElement | null): void {
  title?.focus();
}

function Remove({ seen, onDone }: { seen: Layout; onDone: (id: null) => void }) {
  const { t } = useTranslation();
  const remove = useRemoveLayout();
  return (
    <RemoveButton
      name={seen.name}
      hint={t(seen.is_shared ? "layout.removeSharedHint" : "layout.removeHint")}
      isPending={remove.isPending}
      error={remove.error}
      onRemove={() => remove.mutate(seen, { onSuccess: () => onDone(null) })}
    />
  );
}
