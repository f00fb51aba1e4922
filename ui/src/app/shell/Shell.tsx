import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, NavLink, Outlet } from "react-router";

import { sessionQuery } from "@/api/queries";
import { Icon, type IconName } from "@/kit/icons";
import { Lantern } from "@/kit/Lantern";

import { AlarmBell } from "./AlarmBell";
import { HealthBadge } from "./HealthBadge";
import { OutageBanner } from "./OutageBanner";
import css from "./Shell.module.css";
import { UserMenu } from "./UserMenu";

const PLACES = [
  { to: "/", key: "nav.wall", icon: "wall" },
  { to: "/cameras", key: "nav.cameras", icon: "camera" },
  { to: "/plans", key: "nav.plans", icon: "plan" },
  { to: "/coverage", key: "nav.coverage", icon: "chart" },
  { to: "/health", key: "health.nav", icon: "pulse" },
  { to: "/system", key: "nav.system", icon: "system" },
] as const satisfies readonly { to: string; key: string; icon: IconName }[];

/** The frame around every screen: the night bar with the lantern, and the way to each room. */
export function Shell() {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery).data;
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content">
        {t("app.skip")}
      </a>
      <header className={`${css.bar} on-night`}>
        <Link to="/" className={css.brand}>
          <Lantern />
          <span>{t("app.name")}</span>
        </Link>
        <nav className={css.nav} aria-label={t("nav.label")}>
          {PLACES.map(({ to, key, icon }) => (
            <NavLink key={to} to={to} end={to === "/"} className={css.link ?? ""}>
              <Icon name={icon} />
              {t(key)}
              {to === "/health" && session?.user && <HealthBadge />}
            </NavLink>
          ))}
        </nav>
        {session?.is_demo && (
          <span className={css.demo} title={t("app.demoHint")}>
            {t("app.demo")}
          </span>
        )}
        {session?.user && <AlarmBell />}
        {session?.user && <UserMenu user={session.user} version={session.version} />}
      </header>
      <OutageBanner />
      <main id="content" className={css.content} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
