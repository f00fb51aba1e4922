import type { ReactNode } from "react";

import css from "./Timeline.module.css";

/** Half the greatest width of the tip, so that it stays inside. */
const HALF_TIP_PX = 150;

/** What is known of a moment, above it. */
export function Tip({ x, width, hairHeight, children }: {
  x: number;
  width: number;
  hairHeight: number;
  children: ReactNode;
}) {
  const middle = width < 2 * HALF_TIP_PX
    ? width / 2
    : Math.min(width - HALF_TIP_PX, Math.max(HALF_TIP_PX, x));
  return (
    <>
      <span className={css.hair} style={{ left: x, height: hairHeight }} aria-hidden="true" />
      <span className={css.tip} style={{ left: middle }} aria-hidden="true">
        {children}
      </span>
    </>
  );
}
