import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { groupsQuery } from "@/api/plans";
import type { Camera } from "@/api/types";
import { SearchBox } from "@/kit/SearchBox";
import { isTrouble, NONE, tally, TROUBLE, type Wish } from "@/lib/filter";
import { pick } from "@/lib/words";

import css from "./FilterBar.module.css";

interface Props {
  cameras: readonly Camera[];
  wish: Wish;
  onChange: (change: Partial<Wish>) => void;
}

/** What the list is narrowed to. Only what some camera has can be chosen, with how many have it. */
export function FilterBar({ cameras, wish, onChange }: Props) {
  const { t } = useTranslation();
  const states = useStates(cameras);
  const profiles = useProfiles(cameras);
  const reasons = useReasons(cameras);
  const groups = useGroups(cameras);
  const selects = [
    { field: "state", label: t("cameras.state"), any: t("list.anyState"), options: states, least: 2 },
    { field: "reason", label: t("details.reason"), any: t("list.anyReason"), options: reasons, least: 1 },
    { field: "profile", label: t("cameras.profile"), any: t("list.anyProfile"), options: profiles, least: 2 },
    { field: "group", label: t("list.group"), any: t("list.anyGroup"), options: groups, least: 1 },
  ] as const;
  return (
    <div role="search" className={css.bar}>
      <SearchBox
        label={t("list.searchCameraAddress")}
        value={wish.text}
        onChange={(text) => onChange({ text })}
        className={css.text}
      />
      {selects
        .filter(({ field, options, least }) => options.length >= least || wish[field] !== "")
        .map(({ field, label, any, options }) => (
          <NativeSelect
            key={field}
            aria-label={label}
            className={css.select ?? ""}
            value={wish[field]}
            data-set={wish[field] !== ""}
            onChange={({ currentTarget }) => onChange({ [field]: currentTarget.value })}
            data={[{ value: "", label: any }, ...kept(options, wish[field])]}
          />
        ))}
    </div>
  );
}

interface Option {
  value: string;
  label: string;
}

/** The options, with what is chosen even where no camera has it any more. */
function kept(options: readonly Option[], chosen: string): Option[] {
  const isThere = chosen === "" || options.some(({ value }) => value === chosen);
  return isThere ? [...options] : [...options, { value: chosen, label: `${chosen} (0)` }];
}

function useStates(cameras: readonly Camera[]): Option[] {
  const { t } = useTranslation();
  const states = useMemo(() => cameras.map(({ status }) => status.state), [cameras]);
  const options: Option[] = tally(states).map(([state, count]) => ({
    value: state,
    label: `${t(`state.${state}`)} (${count})`,
  }));
  const troubled = states.filter(isTrouble).length;
  if (troubled === 0 || options.length < 2) return options;
  return [{ value: TROUBLE, label: `${t("list.trouble")} (${troubled})` }, ...options];
}

function useReasons(cameras: readonly Camera[]): Option[] {
  const { i18n } = useTranslation();
  const reasons = cameras.flatMap(({ status }) => status.reason ?? []);
  return tally(reasons.map(({ key }) => key)).flatMap(([key, count]) => {
    const first = reasons.find((reason) => reason.key === key);
    return first ? [{ value: key, label: `${shortened(pick(first, i18n.language))} (${count})` }] : [];
  });
}

const LONGEST = 48;

/** The first sentence says what happened; what to do about it is for the list itself. */
function shortened(sentence: string): string {
  const first = /^.*?[^.:;](?=[.:;](\s|$))/.exec(sentence)?.[0] ?? sentence;
  return first.length > LONGEST ? `${first.slice(0, LONGEST - 1)}…` : first;
}

function useProfiles(cameras: readonly Camera[]): Option[] {
  const { t } = useTranslation();
  return tally(cameras.map(({ profile }) => String(profile?.id ?? NONE))).map(([value, count]) => {
    const named = cameras.find(({ profile }) => String(profile?.id) === value)?.profile;
    return { value, label: `${named?.name ?? t("list.noProfile")} (${count})` };
  });
}

function useGroups(cameras: readonly Camera[]): Option[] {
  const groups = useQuery(groupsQuery).data ?? [];
  const counts = new Map(tally(cameras.flatMap(({ group_ids }) => group_ids.map(String))));
  return groups.map(({ id, name }) => ({
    value: String(id),
    label: `${name} (${counts.get(String(id)) ?? 0})`,
  }));
}
