import { Button, Checkbox, Group, Text } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { Icon } from "@/kit/icons";
import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";
import { found } from "@/lib/filter";

import { BulkBar } from "./BulkBar";
import { CameraTable } from "./CameraTable";
import type { Open } from "./Dialogs";
import { FilterBar } from "./FilterBar";
import { useWish } from "./useWish";

const STEP = 40;

/** The cameras that are looked for, and those of them that are chosen. */
export function CameraList({ cameras, onOpen }: {
  cameras: readonly Camera[];
  onOpen: (open: Open) => void;
}) {
  const { t } = useTranslation();
  const { wish, put, clear } = useWish();
  const looked = useDeferredValue(wish);
  const shown = useMemo(() => found(cameras, looked), [cameras, looked]);
  const { some, rest, more } = useGrowing(shown, STEP);
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  // What is not in the list is not acted on.
  const chosen = useMemo(() => shown.filter(({ id }) => ids.has(id)), [shown, ids]);
  const isNarrowed = Object.values(wish).some((value) => value !== "");
  const hasAll = chosen.length === shown.length && shown.length > 0;
  return (
    <>
      <FilterBar cameras={cameras} wish={wish} onChange={put} />
      <Group justify="space-between" my="xs" mih={32}>
        <Checkbox
          label={t("list.chooseAll", { count: shown.length })}
          checked={hasAll}
          indeterminate={chosen.length > 0 && !hasAll}
          disabled={shown.length === 0}
          onChange={() => setIds(hasAll ? new Set() : new Set(shown.map(({ id }) => id)))}
        />
        <Group gap="xs">
          {isNarrowed && (
            <Button size="compact-sm" variant="subtle" leftSection={<Icon name="close" size={14} />} onClick={clear}>
              {t("list.clear")}
            </Button>
          )}
          <Text size="sm" c="dimmed" role="status" className="numeric">
            {isNarrowed
              ? t("list.found", { count: shown.length, all: cameras.length })
              : t("list.count", { count: cameras.length })}
          </Text>
        </Group>
      </Group>
      {shown.length > 0 ? (
        <CameraTable cameras={some} chosen={ids} onChoose={setIds} onOpen={onOpen} />
      ) : (
        <Text c="dimmed" ta="center" py="xl">
          {t("list.noneFound")}
        </Text>
      )}
      <ShowMore rest={rest} onMore={more} />
      {chosen.length > 0 && (
        <BulkBar
          cameras={chosen}
          onProfile={() => onOpen({ kind: "profile", cameras: chosen })}
          onClear={() => setIds(new Set())}
        />
      )}
    </>
  );
}
