import { Code } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Advice } from "@/api/devices";
import { pick } from "@/lib/words";

import css from "./Devices.module.css";

/** What people should change on a device, by the exact names of its settings. */
export function AdviceList({ advice, channels }: {
  advice: readonly Advice[];
  channels: readonly { id: string; name: string }[];
}) {
  const { t, i18n } = useTranslation();
  if (advice.length === 0) return <p className={css.quiet}>{t("device.adviceNone")}</p>;
  const nameOf = (id: string) =>
    channels.find((channel) => channel.id === id)?.name || t("device.channelNumber", { number: id });
  return (
    <>
      <p className={css.quiet}>{t("device.adviceLead")}</p>
      <ul className={css.advice}>
        {advice.map((one) => (
          <li key={`${one.key} ${one.channel ?? ""}`}>
            <p>
              {pick(one, i18n.language)}
              {one.channel !== null && (
                <span className={css.quiet}>
                  {" ("}
                  {nameOf(one.channel)}
                  {")"}
                </span>
              )}
            </p>
            <p className={css.quiet}>
              {t("device.adviceSetting")}: <Code>{one.setting}</Code>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
