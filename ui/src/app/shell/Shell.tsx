import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, Outlet } from "react-router";

import { sessionQuery } from "@/api/queries";
import { useStatusSocket } from "@/api/statusSocket";
import { Lantern } from "@/kit/Lantern";

import { AlarmBell } from "./AlarmBell";
import { MainNav } from "./MainNav";
import { OutageBanner } from "./OutageBanner";
import css from "./Shell.module.css";
import { UserMenu } from "./UserMenu";

/** The frame around every screen: the night bar with the lantern, and the way to each room. */
export function Shell() {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery).data;
  useStatusSocket();
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
        <MainNav />
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
