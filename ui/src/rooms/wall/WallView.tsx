import { Button, CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Layout } from "@/api/layouts";
import { sessionQuery } from "@/api/queries";
import type { Camera } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { tilesOf, WALL_SIZES, type WallSize } from "@/lib/grid";
import { inReadingOrder } from "@/lib/layout";
import { recall, remember } from "@/lib/storage";

import { KeysDialog } from "./KeysDialog";
import { LayoutMenu } from "./LayoutMenu";
import { isTileAlone, toggleFull } from "./screen";
import { type Manner, type Shown, Tiles } from "./Tiles";
import { useTurning } from "./useTurning";
import { useWallKeys } from "./useWallKeys";
import css from "./Wall.module.css";
import { WallBar } from "./WallBar";

const SIZE_KEY = "wall.size";
const TURN_KEY = "wall.turn";

interface Props {
  cameras: readonly Camera[];
  layouts: readonly Layout[];
  chosen: Layout | null;
  /** The address names a layout that is not there. */
  isGone: boolean;
  /** Why the layout that the address names could not be had. */
  trouble: { error: unknown; onRetry: () => void } | null;
  onChoose: (id: number | null) => void;
  onEdit: (isNew: boolean) => void;
}

function firstSize(): WallSize {
  const kept = Number(recall(SIZE_KEY));
  return WALL_SIZES.find((size) => size === kept) ?? "auto";
}

/** The wall as one looks at it: a layout, or all cameras page by page. */
export function WallView(props: Props) {
  const { cameras, layouts, chosen, isGone, trouble, onChoose, onEdit } = props;
  const { t } = useTranslation();
  const me = useQuery(sessionQuery).data?.user?.username ?? "";
  const room = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(firstSize);
  const [turnSeconds, setTurnSeconds] = useState(() => Number(recall(TURN_KEY)) || 0);
  const [wantedPage, setPage] = useState(0);
  const [isHelp, setHelp] = useState(false);
  const pages = chosen ? 1 : Math.ceil(cameras.length / tilesOf(size));
  const page = Math.min(wantedPage, pages - 1);
  const resize = (wanted: WallSize) => {
    remember(SIZE_KEY, String(wanted));
    setSize(wanted);
  };
  const turn = (seconds: number) => {
    remember(TURN_KEY, String(seconds));
    setTurnSeconds(seconds);
  };
  const onPage = (wanted: number) => setPage(Math.max(0, Math.min(pages - 1, wanted)));
  const full = () => void toggleFull(room.current);
  useTurning(pages > 1 ? turnSeconds : 0, () => {
    // Whoever keeps one camera in sight would lose it.
    if (!isTileAlone()) setPage((page + 1) % pages);
  });
  useWallKeys({
    ...(chosen ? {} : { onSize: resize }),
    onPage: (by) => onPage(page + by),
    onFull: full,
    onHelp: () => setHelp(true),
  });
  const { shown, manner } = chosen ? ofLayout(chosen, cameras) : ofPage(cameras, size, page);
  return (
    <div>
      <WallBar
        cameras={cameras}
        size={chosen ? null : size}
        onSize={resize}
        page={page}
        pages={pages}
        onPage={onPage}
        onFull={full}
        onHelp={() => setHelp(true)}
      >
        <LayoutMenu
          layouts={layouts}
          chosen={chosen}
          me={me}
          onChoose={onChoose}
          onEdit={onEdit}
          turnSeconds={turnSeconds}
          onTurn={pages > 1 ? turn : undefined}
        />
      </WallBar>
      {isGone && <Gone onAll={() => onChoose(null)} />}
      {trouble && (
        <div className={css.failed}>
          <ErrorNote {...trouble} title={t("layout.failed")} />
        </div>
      )}
      {shown.length === 0 ? (
        <EmptyState isPart title={t("layout.noTiles")} hint={t("layout.noTilesHint")}>
          <Button onClick={() => onEdit(false)}>{t("layout.edit")}</Button>
        </EmptyState>
      ) : (
        <Tiles shown={shown} manner={manner} room={room} />
      )}
      {isHelp && <KeysDialog onClose={() => setHelp(false)} />}
    </div>
  );
}

/** All cameras are shown in its place. */
function Gone({ onAll }: { onAll: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.gone} role="status">
      <Icon name="alert" />
      <span>
        <strong>{t("layout.gone")}</strong>. {t("layout.goneHint")}
      </span>
      <CloseButton aria-label={t("action.close")} title={t("action.close")} onClick={onAll} />
    </div>
  );
}

interface Page {
  shown: Shown[];
  manner: Manner;
}

function ofPage(cameras: readonly Camera[], size: WallSize, page: number): Page {
  const tiles = tilesOf(size);
  const these = cameras.slice(page * tiles, (page + 1) * tiles);
  return { shown: these.map((camera) => ({ camera, choice: "auto" })), manner: { size } };
}

function ofLayout({ columns, rows, tiles }: Layout, cameras: readonly Camera[]): Page {
  const shown = inReadingOrder(tiles).flatMap((tile) => {
    const camera = cameras.find(({ id }) => id === tile.camera_id);
    return camera ? [{ camera, choice: tile.stream, place: tile }] : [];
  });
  return { shown, manner: { columns, rows } };
}
