import { Button, Group, Radio, Stack, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import type { PauseWish } from "@/lib/acts";
import { clock, dayOf, momentOf } from "@/lib/zone";

import { Dialog } from "../Dialog";

type Choice = "halfHour" | "twoHours" | "tomorrow" | "until";
const CHOICES = ["halfHour", "twoHours", "tomorrow", "until"] as const;
const HOUR_MS = 3_600_000;

interface Props {
  title: string;
  timeZone: string;
  onPause: (pause: PauseWish) => void;
  onClose: () => void;
}

/** A pause with its end and its reason; times are the site's. */
export function PauseDialog({ title, timeZone, onPause, onClose }: Props) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice>("until");
  const [why, setWhy] = useState("");
  const [until, setUntil] = useState(() => {
    const later = Date.now() + HOUR_MS;
    return `${dayOf(later, timeZone)}T${clock(later, timeZone, false)}`;
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onPause(toWish(choice, until, why.trim(), timeZone));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <Radio.Group
            label={t("plan.pauseUntil")}
            value={choice}
            onChange={(value) => setChoice(CHOICES.find((one) => one === value) ?? "until")}
          >
            <Stack gap="xs" mt="xs">
              {CHOICES.map((one) => (
                <Radio key={one} value={one} label={t(`plan.pauseChoice.${one}`)} />
              ))}
            </Stack>
          </Radio.Group>
          {choice === "until" && (
            <TextInput
              type="datetime-local"
              label={t("plan.pauseMoment")}
              description={t("plan.siteTime", { zone: timeZone })}
              value={until}
              required
              withAsterisk={false}
              onChange={({ currentTarget }) => setUntil(currentTarget.value)}
            />
          )}
          <TextInput
            label={t("plan.why")}
            description={t("plan.whyHint")}
            value={why}
            maxLength={200}
            onChange={({ currentTarget }) => setWhy(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit">{t("plan.pauseSubmit")}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function toWish(choice: Choice, until: string, why: string, timeZone: string): PauseWish {
  switch (choice) {
    case "halfHour":
      return { minutes: 30, until_tomorrow: false, why };
    case "twoHours":
      return { minutes: 120, until_tomorrow: false, why };
    case "tomorrow":
      return { until_tomorrow: true, why };
    case "until": {
      const [day = "", time = ""] = until.split("T");
      const end = new Date(momentOf(day, time, timeZone)).toISOString();
      return { until: end, until_tomorrow: false, why };
    }
  }
}
