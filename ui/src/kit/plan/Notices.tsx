import { useTranslation } from "react-i18next";

import { pick, type Words } from "@/lib/words";

import { Icon } from "../icons";
import css from "./Notices.module.css";

/** What people should know, and what forbids nothing. */
export function Notices({ notices }: { notices: readonly (Words & { key: string })[] }) {
  const { i18n } = useTranslation();
  if (notices.length === 0) return null;
  return (
    <div role="status">
      <ul className={css.notices}>
        {notices.map((notice) => (
          <li key={`${notice.key} ${notice.en}`}>
            <Icon name="alert" size={16} />
            {pick(notice, i18n.language)}
          </li>
        ))}
      </ul>
    </div>
  );
}
