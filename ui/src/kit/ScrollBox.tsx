import type { ReactNode } from "react";

import css from "./ScrollBox.module.css";

/** What is wider than the screen, in a box that scrolls sideways. */
export function ScrollBox({ label, isTall = false, children }: {
  label: string;
  /** Whether it keeps to the screen's height, so that its head stays in sight. */
  isTall?: boolean;
  children: ReactNode;
}) {
  return (
    // What scrolls must be within reach of the keyboard (WCAG 2.1.1).
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={css.box} data-tall={isTall} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
