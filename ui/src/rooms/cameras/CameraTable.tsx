import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { CardTable } from "@/kit/CardTable";

import { CameraRow } from "./CameraRow";
import css from "./CameraTable.module.css";
import type { Open } from "./Dialogs";

type Ids = ReadonlySet<string>;

/** Its columns need more room than those of other tables; `CameraTable.module.css` has it too. */
const NARROW = "61.99em";

interface Props {
  cameras: readonly Camera[];
  chosen: Ids;
  onChoose: (change: (before: Ids) => Ids) => void;
  onOpen: (open: Open) => void;
}

/** The cameras that are listed, each with a tick to choose it by. */
export function CameraTable({ cameras, chosen, onChoose, onOpen }: Props) {
  const { t } = useTranslation();
  const choose = useCallback(
    (id: string, isChosen: boolean) =>
      onChoose((before) => {
        const after = new Set(before);
        if (isChosen) after.add(id);
        else after.delete(id);
        return after;
      }),
    [onChoose],
  );
  return (
    <CardTable
      className={css.table}
      cardsUpTo={NARROW}
      highlightOnHover
      columns={[
        { title: t("list.choose"), className: css.tick, isUnseen: true },
        t("cameras.name"),
        t("cameras.state"),
        t("cameras.profile"),
        { title: t("cameras.bitrate"), className: css.figure },
        t("cameras.since"),
      ]}
      actions={t("cameras.actions")}
    >
      {cameras.map((camera) => (
        <CameraRow
          key={camera.id}
          camera={camera}
          isChosen={chosen.has(camera.id)}
          onChoose={choose}
          onOpen={onOpen}
        />
      ))}
    </CardTable>
  );
}
