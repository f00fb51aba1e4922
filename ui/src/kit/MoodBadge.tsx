import { Icon } from "./icons";
import css from "./MoodBadge.module.css";
import type { Look } from "./state";

/** A word with its sign, in the colour of its mood. */
export function MoodBadge({ look, title, children }: {
  look: Look;
  title?: string;
  children: string;
}) {
  return (
    <span className={css.badge} data-mood={look.mood} title={title}>
      <Icon name={look.icon} size={14} />
      {children}
    </span>
  );
}
