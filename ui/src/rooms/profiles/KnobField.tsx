import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Knob, Merged } from "@/api/planTypes";
import { canBeEmpty, toText } from "@/lib/knobs";
import { pick } from "@/lib/words";

import css from "./Profiles.module.css";

const STREAMS = ["main", "sub", "main, sub"] as const;

interface Props {
  knob: Knob;
  /** undefined says nothing, so that what is inherited counts; "" says that it is empty. */
  text: string | undefined;
  /** The merged value, as long as the hub has told it. */
  merged: Merged | undefined;
  error: string | false;
  onChange: (text: string | undefined) => void;
}

/** One knob: its value or what it inherits, what it controls, why it matters, and an example. */
export function KnobField({ knob, text, merged, error, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const inWords = useValueWords(knob);
  const isInherited = text === undefined;
  const inherited = isInherited && merged ? inWords(toText(merged.value)) : "";
  const isEmpty = text === "";
  // What is inherited can be taken away only where there is something.
  const offersEmpty =
    canBeEmpty(knob) && (isEmpty || (isInherited && merged !== undefined && toText(merged.value) !== ""));
  const origin =
    merged?.origin.kind === "profile" ? t("knob.from", { name: merged.origin.name }) : t("knob.default");
  const placeholder = isEmpty
    ? t("knob.nothing")
    : inherited
      ? t("knob.inheritedValue", { value: inherited, origin })
      : t("knob.inherited");
  const shared = {
    label: pick(knob.label, i18n.language),
    description: pick(knob.what, i18n.language),
    error,
    value: text ?? "",
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      onChange(value === "" ? undefined : value),
  };
  const options = optionsOf(knob);
  return (
    <div className={css.knob} data-said={!isInherited}>
      {options ? (
        <NativeSelect
          {...shared}
          data={[
            {
              value: "",
              label: placeholder,
            },
            ...options.map((value) => ({ value, label: inWords(value) })),
          ]}
        />
      ) : (
        <TextInput
          {...shared}
          placeholder={placeholder}
          disabled={isEmpty}
          inputMode={knob.kind === "integer" ? "numeric" : knob.kind === "number" || knob.kind === "seconds" ? "decimal" : "text"}
          rightSection={knob.unit && <span className={css.unit}>{knob.unit}</span>}
          rightSectionWidth={knob.unit.length > 3 ? 72 : 40}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className={knob.kind === "text" ? (css.mono ?? "") : ""}
        />
      )}
      {offersEmpty && (
        <Checkbox
          size="xs"
          mt={6}
          label={t("knob.empty")}
          checked={isEmpty}
          onChange={({ currentTarget }) => onChange(currentTarget.checked ? "" : undefined)}
        />
      )}
      <details className={css.more}>
        <summary>{t("knob.more")}</summary>
        <p>{pick(knob.why, i18n.language)}</p>
        <p>
          {t("knob.example")} <code>{knob.example}</code>
        </p>
      </details>
    </div>
  );
}

/** The values to choose from; null where people write. */
function optionsOf({ kind, choices }: Knob): readonly string[] | null {
  if (kind === "choice") return choices;
  if (kind === "yes_no") return ["yes", "no"];
  return kind === "streams" ? STREAMS : null;
}

/** A value as people read it: yes and no in their language, nothing as a word. */
function useValueWords({ kind, unit }: Knob): (text: string) => string {
  const { t } = useTranslation();
  return (text) => {
    if (text === "") return t("knob.nothing");
    if (kind === "yes_no") return text === "yes" ? t("action.yes") : t("action.no");
    if (kind === "streams") {
      return STREAMS.includes(text as (typeof STREAMS)[number])
        ? t(`knob.streams.${text === "main, sub" ? "both" : (text as "main" | "sub")}`)
        : text;
    }
    // A rate is written together, as in 5/s.
    if (unit.startsWith("1/")) return text + unit.slice(1);
    return unit ? `${text} ${unit}` : text;
  };
}
