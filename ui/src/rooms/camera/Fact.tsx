import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** One line of a list of facts; a dash where there is nothing to tell. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  const isEmpty = children === null || children === undefined || children === "" || children === false;
  return (
    <>
      <dt>{name}</dt>
      <dd className="numeric">{isEmpty ? t("details.none") : children}</dd>
    </>
  );
}
