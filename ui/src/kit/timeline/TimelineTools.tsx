import { ActionIcon, Group, SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { clampView, pan, type Span, zoom } from "@/lib/timeline";

import { Icon, type IconName } from "../icons";
import type { Target } from "./find";

const ZOOM = 2;
const HOUR_MS = 3_600_000;
const SCALES = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 31 * 24 * HOUR_MS };
type Scale = keyof typeof SCALES;

interface Props {
  view: Span;
  bounds: Span;
  home: Span;
  /** What stays where it is while the scale changes. */
  anchor: number;
  onView: (view: Span) => void;
  onFind: (target: Target, by: 1 | -1) => void;
}

/** Moving and zooming by buttons, and the way to the next gap and the next beginning. */
export function TimelineTools({ view, bounds, home, anchor, onView, onFind }: Props) {
  const { t } = useTranslation();
  const length = view.to - view.from;
  const scale = (Object.keys(SCALES) as Scale[]).find(
    (each) => Math.abs(SCALES[each] - length) < SCALES[each] * 0.05,
  );
  const show = (wanted: Scale) => {
    if (wanted === "day") onView(home);
    else onView(clampView({ from: anchor - SCALES[wanted] / 2, to: anchor + SCALES[wanted] / 2 }, bounds));
  };
  const tool = (icon: IconName, name: ToolName, onClick: () => void) => (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={t(`timeline.${name}`)}
      title={t(`timeline.${name}`)}
      onClick={onClick}
    >
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
  return (
    <>
      <Group gap={4}>
        {tool("back", "earlier", () => onView(pan(view, -0.5, bounds)))}
        {tool("minus", "zoomOut", () => onView(zoom(view, ZOOM, anchor, bounds)))}
        {tool("plus", "zoomIn", () => onView(zoom(view, 1 / ZOOM, anchor, bounds)))}
        {tool("next", "later", () => onView(pan(view, 0.5, bounds)))}
      </Group>
      <SegmentedControl
        size="xs"
        aria-label={t("timeline.scale")}
        value={scale ?? ""}
        onChange={(chosen) => show(chosen as Scale)}
        data={(Object.keys(SCALES) as Scale[]).map((each) => ({
          value: each,
          label: t(`timeline.${each}`),
        }))}
      />
      <Group gap={4}>
        {tool("gapBefore", "previousGap", () => onFind("gap", -1))}
        {tool("gapAfter", "nextGap", () => onFind("gap", 1))}
        {tool("startAfter", "nextStart", () => onFind("start", 1))}
      </Group>
    </>
  );
}

type ToolName =
  | "earlier"
  | "later"
  | "zoomIn"
  | "zoomOut"
  | "previousGap"
  | "nextGap"
  | "nextStart";
