import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";

import css from "./PlansFrame.module.css";

const PLACES = ["schedules", "picture", "profiles", "groups", "calendars"] as const;

/** On a narrow screen not all of them have room: the present one has. */
function showCurrent(link: HTMLAnchorElement | null): void {
  if (link?.ariaCurrent === "page") link.scrollIntoView({ block: "nearest", inline: "center" });
}

/** The screens that say how and when cameras are run, and the way from one to the other. */
export function PlansFrame() {
  const { t } = useTranslation();
  return (
    <>
      <nav className={css.nav} aria-label={t("nav.plans")}>
        {PLACES.map((place) => (
          <NavLink key={place} ref={showCurrent} to={`/plans/${place}`} className={css.link ?? ""}>
            {t(`nav.${place}`)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
