import { Button, Fieldset, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ApiError, isStale } from "@/api/errors";
import { useSaveProfile } from "@/api/planActs";
import { profilePreviewQuery } from "@/api/plans";
import type { Applies, Knob, Profile } from "@/api/planTypes";
import { useMay } from "@/api/rights";
import { ErrorNote, useErrorText } from "@/kit/ErrorNote";
import { useLast } from "@/kit/useLast";
import { CONCERNS, type KnobTexts, toKnobs, toTexts } from "@/lib/knobs";

import { KnobField } from "./KnobField";
import { PreviewPanel } from "./PreviewPanel";
import css from "./Profiles.module.css";

const DEBOUNCE_MS = 350;

interface Props {
  /** null: a new one. */
  profile: Profile | null;
  /** What a new one is based on at first. */
  base: number | null;
  profiles: readonly Profile[];
  knobs: readonly Knob[];
  /** Shows what somebody else made of it meanwhile. */
  onLookAgain: () => void;
}

/** A profile's knobs, with the merged result beside them while it is written. */
export function ProfileEditor({ profile, base, profiles, knobs, onLookAgain }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const save = useSaveProfile();
  // The version that was shown when the writing began, whatever comes meanwhile.
  const [seen] = useState(profile);
  const mayManage = useMay("manage");
  const [name, setName] = useState(profile?.name ?? "");
  const [note, setNote] = useState(profile?.note ?? "");
  const [basedOn, setBasedOn] = useState(profile ? profile.based_on : base);
  const [texts, setTexts] = useState<KnobTexts>(() => toTexts(profile?.knobs ?? {}));
  const [applies, setApplies] = useState<Applies>("next_spawn");
  const said = useMemo(() => toKnobs(knobs, texts), [knobs, texts]);
  const wish = useMemo(
    () => ({ ...(profile && { id: profile.id }), based_on: basedOn, knobs: said }),
    [profile, basedOn, said],
  );
  const [settled] = useDebouncedValue(wish, DEBOUNCE_MS);
  const preview = useQuery(profilePreviewQuery(settled));
  // While something is refused, what was there before is still worth seeing.
  const shown = useLast(preview.data);
  const refused = [save.error, preview.error].find((error) => error instanceof ApiError);
  const errorAt = (field: string): string | false =>
    refused instanceof ApiError && refused.field === field && errorText(refused);
  const hasPlace =
    refused instanceof ApiError &&
    ["name", "note", "based_on", ...knobs.map((knob) => `knobs.${knob.name}`)].includes(refused.field ?? "");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const body = { name: name.trim(), note: note.trim(), based_on: basedOn, knobs: said, applies };
    save.mutate(
      { seen, body },
      { onSuccess: () => void navigate("/plans/profiles") },
    );
  };
  return (
    <form onSubmit={submit} className={css.editor}>
      <fieldset disabled={!mayManage} className={css.fields}>
        {refused && !hasPlace && (
          <ErrorNote
            error={refused}
            onRetry={isStale(refused) ? onLookAgain : undefined}
            retryLabel={t("error.lookAgain")}
          />
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label={t("profiles.name")}
            description={t("profiles.nameHint")}
            value={name}
            error={errorAt("name")}
            required
            withAsterisk={false}
            onChange={({ currentTarget }) => {
              setName(currentTarget.value);
              save.reset();
            }}
          />
          <NativeSelect
            label={t("profiles.basedOn")}
            description={t("profiles.basedOnHint")}
            value={String(basedOn ?? "")}
            error={errorAt("based_on")}
            onChange={({ currentTarget: { value } }) => {
              setBasedOn(profiles.find(({ id }) => String(id) === value)?.id ?? null);
              save.reset();
            }}
            data={[
              { value: "", label: t("profiles.basedOnNothing") },
              ...profiles
                .filter(({ id }) => id !== profile?.id)
                .map((other) => ({ value: String(other.id), label: other.name })),
            ]}
          />
        </SimpleGrid>
        <TextInput
          label={t("profiles.note")}
          description={t("profiles.noteHint")}
          value={note}
          error={errorAt("note")}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        {CONCERNS.map((concern) => (
          <Fieldset key={concern} legend={t(`profiles.concerns.${concern}`)} className={css.group ?? ""}>
            <div className={css.knobs}>
              {knobs
                .filter((knob) => knob.concerns === concern)
                .map((knob) => (
                  <KnobField
                    key={knob.name}
                    knob={knob}
                    text={texts[knob.name]}
                    merged={shown?.values.find((value) => value.name === knob.name)}
                    error={errorAt(`knobs.${knob.name}`)}
                    onChange={(text) => {
                      setTexts((before) => withText(before, knob.name, text));
                      save.reset();
                    }}
                  />
                ))}
            </div>
          </Fieldset>
        ))}
      </fieldset>
      <PreviewPanel
        preview={shown}
        isStale={preview.isPlaceholderData || preview.isError || settled !== wish}
        isNew={profile === null}
        mayManage={mayManage}
        applies={applies}
        onApplies={setApplies}
      >
        {mayManage && (
          <Button type="submit" loading={save.isPending} fullWidth>
            {profile ? t("action.save") : t("profiles.create")}
          </Button>
        )}
      </PreviewPanel>
    </form>
  );
}

function withText(texts: KnobTexts, name: string, text: string | undefined): KnobTexts {
  const others = Object.fromEntries(Object.entries(texts).filter(([other]) => other !== name));
  return text === undefined ? others : { ...others, [name]: text };
}
