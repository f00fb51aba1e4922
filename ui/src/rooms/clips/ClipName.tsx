import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { type SyntheticEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Clip, useChangeClip } from "@/api/clips";
import { useMay } from "@/api/rights";
import { useErrorText } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";

import css from "./Clips.module.css";

const LONGEST = 200;

/** What a clip is called, and in the same place a field to call it otherwise. */
export function ClipName({ clip }: { clip: Clip }) {
  const { t } = useTranslation();
  const mayOperate = useMay("operate");
  const [isWriting, setWriting] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  if (isWriting) {
    return (
      <NameField
        clip={clip}
        onDone={() => {
          setWriting(false);
          // Whoever came by the keyboard goes on from where they were.
          requestAnimationFrame(() => button.current?.focus());
        }}
      />
    );
  }
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <span className={css.name}>{clip.name}</span>
      {mayOperate && (
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          aria-label={t("clips.renameNamed", { name: clip.name })}
          title={t("clips.rename")}
          onClick={() => setWriting(true)}
        >
          <Icon name="edit" size={15} />
        </ActionIcon>
      )}
    </Group>
  );
}

function NameField({ clip, onDone }: { clip: Clip; onDone: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(clip.name);
  const change = useChangeClip(clip.id);
  const errorText = useErrorText();
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (name.trim() === clip.name) onDone();
    else change.mutate({ name: name.trim() }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={save}>
      <TextInput
        size="xs"
        aria-label={t("clips.column.name")}
        value={name}
        maxLength={LONGEST}
        data-autofocus
        ref={focusOnce}
        error={change.error && errorText(change.error)}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        onKeyDown={({ key }) => {
          if (key === "Escape") onDone();
        }}
      />
      <Group gap={4} mt={4}>
        <Button type="submit" size="compact-xs" loading={change.isPending} disabled={!name.trim()}>
          {t("action.save")}
        </Button>
        <Button size="compact-xs" variant="default" onClick={onDone}>
          {t("action.cancel")}
        </Button>
      </Group>
    </form>
  );
}

function focusOnce(field: HTMLInputElement | null): void {
  field?.focus();
}
