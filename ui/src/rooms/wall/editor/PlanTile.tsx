import { useDraggable } from "@dnd-kit/core";
import { ActionIcon, Menu, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Icon } from "@/kit/icons";
import type { LayoutTile, StreamChoice } from "@/lib/layout";

import css from "./Editor.module.css";

const SIZES = [
  [1, 1], [2, 1], [1, 2], [2, 2], [3, 2], [3, 3], [4, 4],
] as const;
const STREAMS: readonly StreamChoice[] = ["auto", "main", "sub"];

interface Props {
  tile: LayoutTile;
  name: string;
  hasSub: boolean;
  /** Whether it can be this large where it stands. */
  fits: (w: number, h: number) => boolean;
  onSize: (w: number, h: number) => void;
  onStream: (stream: StreamChoice) => void;
  onTakeOff: () => void;
}

/** A tile that can be moved, made larger or smaller, and taken off. */
export function PlanTile({ tile, name, ...props }: Props) {
  const { t } = useTranslation();
  const { camera_id: cameraId, x, y, w, h } = tile;
  const { setNodeRef, attributes, listeners, isDragging } = useDraggable({
    id: `tile:${cameraId}`,
    data: { kind: "tile", cameraId },
  });
  const { setNodeRef: setCorner, listeners: cornerListeners } = useDraggable({
    id: `size:${cameraId}`,
    data: { kind: "size", cameraId },
  });
  return (
    <div
      className={`${css.tile} on-night`}
      style={{ gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` }}
      data-lifted={isDragging}
    >
      <button
        type="button"
        ref={setNodeRef}
        className={css.grip}
        {...attributes}
        {...listeners}
      >
        <span className={css.tileName}>{name}</span>{" "}
        <span className={css.tileSize}>{t("layout.size", { w, h })}</span>{" "}
        <VisuallyHidden>{t("layout.at", { x: x + 1, y: y + 1 })}</VisuallyHidden>
      </button>
      <div className={css.tileActs}>
        <Looks tile={tile} name={name} {...props} />
        <ActionIcon variant="transparent" aria-label={t("layout.takeOff", { name })} title={t("layout.takeOff", { name })} onClick={props.onTakeOff}>
          <Icon name="close" size={16} />
        </ActionIcon>
      </div>
      <div ref={setCorner} className={css.corner} {...cornerListeners} title={t("layout.growDrag", { name })} />
    </div>
  );
}

/** Size and stream, for those who do not drag too. */
function Looks({ tile, name, hasSub, fits, onSize, onStream }: Omit<Props, "onTakeOff">) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="transparent" aria-label={t("layout.grow", { name })} title={t("layout.grow", { name })}>
          <Icon name="full" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SIZES.map(([w, h]) => (
          <Choice
            key={`${w}x${h}`}
            name={t("layout.size", { w, h })}
            isChosen={tile.w === w && tile.h === h}
            isOpen={fits(w, h)}
            onChoose={() => onSize(w, h)}
          />
        ))}
        {hasSub && (
          <>
            <Menu.Label>{t("layout.stream", { name })}</Menu.Label>
            {STREAMS.map((stream) => (
              <Choice
                key={stream}
                name={t(`layout.streams.${stream}`)}
                isChosen={tile.stream === stream}
                onChoose={() => onStream(stream)}
              />
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({ name, isChosen, isOpen = true, onChoose }: {
  name: string;
  isChosen: boolean;
  isOpen?: boolean;
  onChoose: () => void;
}) {
  return (
    <Menu.RadioItem value={name} checked={isChosen} disabled={!isOpen} onChange={onChoose}>
      {name}
    </Menu.RadioItem>
  );
}
