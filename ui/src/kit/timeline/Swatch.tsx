import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";

import { fitCanvas, paintBar, paintLooked, paintManual, paintsOf } from "./band";
import css from "./Legend.module.css";
import type { FactKind, LineKind } from "./looks";

const WIDTH_PX = 24;
const HEIGHT_PX = 14;

/** A piece of the timeline, painted as the timeline paints it. */
export function Swatch({ kind }: { kind: FactKind | LineKind }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const paints = paintsOf(context, scheme, fitCanvas(context, WIDTH_PX, HEIGHT_PX));
    const [bar, place] = [{ from: 0, to: WIDTH_PX }, { top: 0, height: HEIGHT_PX }];
    if (kind === "looked") {
      paintLooked(context, paints, bar, place);
      return;
    }
    paintBar(context, paints, kind === "manual" ? "covered" : kind, bar, place);
    // As thick as on the timeline, whose bands are higher.
    if (kind === "manual") paintManual(context, paints, bar, { top: 0, height: 3 * HEIGHT_PX });
  }, [kind, scheme]);
  return (
    <canvas
      ref={canvas}
      className={css.swatch}
      style={{ width: WIDTH_PX, height: HEIGHT_PX }}
      aria-hidden="true"
    />
  );
}
