import { Popover, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";

import { sessionQuery } from "@/api/queries";
import { Icon, type IconName } from "@/kit/icons";

import { HealthBadge } from "./HealthBadge";
import css from "./Shell.module.css";

/** A room's entry. */
interface Place {
  to: string;
  key: string;
  icon: IconName;
  /** Another address that belongs to it. */
  also?: string;
  /** Whether a small screen, which has no room for all of them, shows it under "more". */
  isLater?: boolean;
}

const PLACES = [
  { to: "/", key: "nav.wall", icon: "wall" },
  { to: "/cameras", key: "nav.cameras", icon: "camera", also: "/together" },
  { to: "/devices", key: "nav.devices", icon: "recorder", isLater: true },
  { to: "/recordings", key: "nav.footage", icon: "film", also: "/clips" },
  { to: "/plans", key: "nav.plans", icon: "plan", isLater: true },
  { to: "/coverage", key: "nav.coverage", icon: "chart", isLater: true },
  { to: "/health", key: "health.nav", icon: "pulse" },
  { to: "/system", key: "nav.system", icon: "system", isLater: true },
] as const satisfies readonly Place[];

const LATER = PLACES.filter((place) => "isLater" in place);

function isHere({ to, also }: Place, path: string): boolean {
  if (to === "/") return path === "/";
  return [to, also].some((each) => each && (path === each || path.startsWith(`${each}/`)));
}

/** The way to each room. */
export function MainNav() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const user = useQuery(sessionQuery).data?.user;
  return (
    <nav className={css.nav} aria-label={t("nav.label")}>
      {PLACES.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          className={css.link}
          data-later={"isLater" in place}
          aria-current={isHere(place, pathname) ? "page" : undefined}
        >
          <Icon name={place.icon} />
          {t(place.key)}
          {place.to === "/health" && user && <HealthBadge />}
        </Link>
      ))}
      <More isHere={LATER.some((place) => isHere(place, pathname))} path={pathname} />
    </nav>
  );
}

/** The places that a small screen has no room for. */
function More({ isHere: isInside, path }: { isHere: boolean; path: string }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="top-end"
      shadow="md"
      trapFocus
      withinPortal={false}
    >
      <Popover.Target>
        <UnstyledButton
          className={`${css.link} ${css.more}`}
          data-inside={isInside}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="menu" />
          {t("nav.more")}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("nav.more")} p={4}>
        {LATER.map((place) => (
          <Link
            key={place.to}
            to={place.to}
            className={css.entry}
            aria-current={isHere(place, path) ? "page" : undefined}
            onClick={() => setOpen(false)}
          >
            <Icon name={place.icon} />
            {t(place.key)}
          </Link>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
