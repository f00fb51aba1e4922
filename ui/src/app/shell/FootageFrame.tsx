import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";

import css from "./PlansFrame.module.css";

const PLACES = ["recordings", "clips"] as const;

/** The lists of what was recorded and of what was cut from it, and the way from one to the other. */
export function FootageFrame() {
  const { t } = useTranslation();
  return (
    <>
      <nav className={css.nav} aria-label={t("recordings.nav")}>
        {PLACES.map((place) => (
          <NavLink key={place} to={`/${place}`} className={css.link ?? ""}>
            {t(`${place}.title`)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
