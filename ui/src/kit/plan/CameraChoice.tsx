import { Button, Checkbox, Group, Input, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { hasWords } from "@/lib/filter";

import { SearchBox } from "../SearchBox";
import { ShowMore } from "../ShowMore";
import { useGrowing } from "../useGrowing";
import css from "./CameraChoice.module.css";

const STEP = 60;
/** From this many on, a list is worth searching. */
const MANY = 8;

export interface Choosable {
  id: string;
  name: string;
  /** What to know before choosing it. */
  hint?: string | undefined;
}

interface Props {
  label: string;
  cameras: readonly Choosable[];
  value: readonly string[];
  error?: string | false;
  onChange: (ids: string[]) => void;
}

/** Some of many cameras, found by name. */
export function CameraChoice({ label, cameras, value, error = false, onChange }: Props) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const found = cameras.filter(({ name }) => hasWords(search, [name]));
  const { some, rest, more } = useGrowing(found, STEP);
  const foundIds = found.map(({ id }) => id);
  const hasAll = foundIds.length > 0 && foundIds.every((id) => value.includes(id));
  const toggleAll = () =>
    onChange(
      hasAll
        ? value.filter((id) => !foundIds.includes(id))
        : [...new Set([...value, ...foundIds])],
    );
  return (
    <Input.Wrapper labelElement="div" label={label} error={error} role="group" aria-label={label}>
      <Stack gap="xs" mt={4}>
        {cameras.length > MANY && (
          <SearchBox label={t("list.searchCamera")} value={search} onChange={setSearch} />
        )}
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed" role="status">
            {t("list.chosen", { count: value.length, all: cameras.length })}
          </Text>
          {foundIds.length > 1 && (
            <Button size="compact-sm" variant="subtle" onClick={toggleAll}>
              {t(hasAll ? "list.chooseNone" : "list.chooseAll", { count: foundIds.length })}
            </Button>
          )}
        </Group>
        <div className={css.scroll}>
          {some.map(({ id, name, hint }) => (
            <Checkbox
              key={id}
              label={name}
              description={hint}
              checked={value.includes(id)}
              onChange={({ currentTarget }) =>
                onChange(
                  currentTarget.checked ? [...value, id] : value.filter((other) => other !== id),
                )
              }
            />
          ))}
          {found.length === 0 && (
            <Text size="sm" c="dimmed">
              {cameras.length === 0 ? t("cameras.emptyTitle") : t("schedule.noneFound")}
            </Text>
          )}
          <ShowMore rest={rest} onMore={more} />
        </div>
      </Stack>
    </Input.Wrapper>
  );
}
