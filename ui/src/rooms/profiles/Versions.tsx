import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { versionsQuery } from "@/api/plans";
import type { Knob, Profile, ProfileVersion } from "@/api/planTypes";
import { useTimeZone } from "@/api/queries";
import { ErrorNote } from "@/kit/ErrorNote";
import { Moment } from "@/kit/Moment";
import { toText } from "@/lib/knobs";
import { pick } from "@/lib/words";

import css from "./Profiles.module.css";

interface Props {
  profile: Profile;
  profiles: readonly Profile[];
  knobs: readonly Knob[];
}

/** What the profile said before, who changed it, and when. */
export function Versions({ profile, profiles, knobs }: Props) {
  const { t } = useTranslation();
  const timeZone = useTimeZone();
  const versions = useQuery(versionsQuery(profile.id));
  return (
    <details className={css.history}>
      <summary>{t("profiles.history")}</summary>
      {versions.error && <ErrorNote error={versions.error} />}
      <ol className={css.versions}>
        {versions.data?.map((version) => (
          <li key={version.version}>
            <Text fw={600}>{t("profiles.versionNumber", { version: version.version })}</Text>
            <Text size="sm" c="dimmed">
              <Moment at={version.changed_at} timeZone={timeZone} />
              {version.changed_by && ` · ${t("plan.by", { name: version.changed_by })}`}
              {` · ${version.applies === "now" ? t("applies.now") : t("applies.next")}`}
            </Text>
            <Said version={version} profiles={profiles} knobs={knobs} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function Said({ version, profiles, knobs }: Omit<Props, "profile"> & { version: ProfileVersion }) {
  const { t, i18n } = useTranslation();
  const base = profiles.find(({ id }) => id === version.based_on);
  const labelOf = (name: string) => {
    const knob = knobs.find((one) => one.name === name);
    return knob ? pick(knob.label, i18n.language) : name;
  };
  const said = Object.entries(version.knobs).map(
    ([name, value]) => `${labelOf(name)}: ${toText(value)}`,
  );
  if (base) said.unshift(`${t("profiles.basedOn")}: ${base.name}`);
  return <Text size="sm">{said.length > 0 ? said.join(" · ") : t("profiles.saysNothing")}</Text>;
}
