import { Button, Stack, Text, VisuallyHidden } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSetPassword } from "@/api/actions";
import { ApiError } from "@/api/errors";
import { ErrorNote, useErrorText } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { SecretInput } from "@/kit/SecretInput";
import { checkPassword, type PasswordRules, SHORTEST_PASSWORD, strengthOf } from "@/lib/password";

import css from "./PasswordForm.module.css";

interface Props {
  token: string;
  username: string;
  onDone: () => void;
}

/** The administrator's first password: the rules in sight, then the hub's word. */
export function PasswordForm({ token, username, onDone }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const save = useSetPassword(token);
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [hasTried, setTried] = useState(false);

  const rules = checkPassword(password, username);
  const isGood = Object.values(rules).every(Boolean);
  const isSame = password === repeated;
  const refusal = save.error instanceof ApiError && save.error.field === "password" ? save.error : null;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isGood && isSame) save.mutate(password, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{t("setup.intro", { name: username })}</Text>
        {save.error && !refusal && <ErrorNote error={save.error} />}
        <input type="text" name="username" value={username} autoComplete="username" readOnly hidden />
        <SecretInput
          label={t("setup.password")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => {
            setPassword(event.currentTarget.value);
            save.reset();
          }}
          error={refusal && errorText(refusal)}
          aria-invalid={refusal !== null || (hasTried && !isGood)}
          description={<Rules rules={rules} hasTried={hasTried} />}
          descriptionProps={{ component: "div", size: "sm" }}
        />
        {password !== "" && <Meter password={password} />}
        <SecretInput
          label={t("setup.repeat")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={repeated}
          onChange={(event) => setRepeated(event.currentTarget.value)}
          error={hasTried && !isSame && t("setup.differ")}
          aria-invalid={hasTried && !isSame}
        />
        <Button type="submit" mt="sm" size="md" loading={save.isPending}>
          {t("setup.submit")}
        </Button>
      </Stack>
    </form>
  );
}

function Rules({ rules, hasTried }: { rules: PasswordRules; hasTried: boolean }) {
  const { t } = useTranslation();
  const items: [string, boolean][] = [
    [t("setup.ruleLength", { count: SHORTEST_PASSWORD }), rules.isLongEnough],
    [t("setup.ruleNumber"), rules.isNotOnlyDigits],
    [t("setup.ruleName"), rules.isNotTheName],
  ];
  return (
    <>
      {t("setup.rulesTitle")}
      <ul className={css.rules}>
        {items.map(([words, isMet]) => (
          <li key={words} data-met={isMet} data-missed={hasTried && !isMet}>
            <Icon name={isMet ? "check" : "minus"} size={14} />
            {words}
            <VisuallyHidden>, {isMet ? t("setup.ruleMet") : t("setup.ruleUnmet")}</VisuallyHidden>
          </li>
        ))}
      </ul>
    </>
  );
}

function Meter({ password }: { password: string }) {
  const { t } = useTranslation();
  const strength = strengthOf(password);
  return (
    <div>
      <div className={css.meter} data-strength={strength} aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
      <Text size="sm" c="dimmed" aria-live="polite">
        {t(`setup.${strength}`)}
      </Text>
    </div>
  );
}
