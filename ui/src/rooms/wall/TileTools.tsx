import { ActionIcon } from "@mantine/core";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";

import { Icon, type IconName } from "@/kit/icons";

import { canFloat, toggleFloat, toggleFull } from "./screen";
import css from "./Tile.module.css";

interface Props {
  name: string;
  tile: RefObject<HTMLElement | null>;
  isReachable: boolean;
  hasDetails: boolean;
  onDetails?: (() => void) | undefined;
}

/** What a tile can do besides opening its camera. */
export function TileTools({ name, tile, isReachable, hasDetails, onDetails }: Props) {
  const { t } = useTranslation();
  const button = (label: string, icon: IconName, onClick: () => void, isPressed?: boolean) => (
    <ActionIcon
      variant="transparent"
      size="md"
      aria-label={label}
      title={label}
      tabIndex={isReachable ? 0 : -1}
      {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
      onClick={onClick}
    >
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
  return (
    <div className={css.tools}>
      {onDetails && button(t("wall.details", { name }), "info", onDetails, hasDetails)}
      {canFloat() && button(t("wall.float", { name }), "float", () => void toggleFloat(tile.current))}
      {button(t("wall.fullOf", { name }), "full", () => void toggleFull(tile.current))}
    </div>
  );
}
