import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";

import css from "./RoomFrame.module.css";

/** On a narrow screen not all of them have room: the present one has. */
function showCurrent(link: HTMLAnchorElement | null): void {
  if (link?.ariaCurrent === "page") link.scrollIntoView({ block: "nearest", inline: "center" });
}

function RoomFrame({ label, places }: {
  label: string;
  places: readonly (readonly [address: string, name: string])[];
}) {
  return (
    <>
      <nav className={css.nav} aria-label={label}>
        {places.map(([address, name]) => (
          <NavLink key={address} ref={showCurrent} to={address} className={css.link ?? ""}>
            {name}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}

const PLANS = ["schedules", "picture", "profiles", "groups", "calendars"] as const;

/** The screens that say how and when cameras are run, and the way from one to the other. */
export function PlansFrame() {
  const { t } = useTranslation();
  const places = PLANS.map((place) => [`/plans/${place}`, t(`nav.${place}`)] as const);
  return <RoomFrame label={t("nav.plans")} places={places} />;
}

const FOOTAGE = ["recordings", "clips"] as const;

/** The lists of what was recorded and of what was cut from it. */
export function FootageFrame() {
  const { t } = useTranslation();
  const places = FOOTAGE.map((place) => [`/${place}`, t(`${place}.title`)] as const);
  return <RoomFrame label={t("recordings.nav")} places={places} />;
}
