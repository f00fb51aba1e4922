import { Button, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation } from "react-router";

import { useSignIn } from "@/api/actions";
import { sessionQuery } from "@/api/queries";
import { Doorway } from "@/kit/Doorway";
import { ErrorNote } from "@/kit/ErrorNote";
import { SecretInput } from "@/kit/SecretInput";
import { useTitle } from "@/kit/useTitle";

/** Where the guard sent the person from. */
function cameFrom({ state }: { state: unknown }): string {
  if (typeof state !== "object" || state === null || !("from" in state)) return "/";
  return typeof state.from === "string" ? state.from : "/";
}

export function SignIn() {
  const { t } = useTranslation();
  useTitle(t("signin.title"));
  const location = useLocation();
  // Asking also brings the cookie that the sign-in needs.
  const session = useQuery(sessionQuery);
  const signIn = useSignIn();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");

  if (session.data?.user) return <Navigate to={cameFrom(location)} replace />;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate({ username, password });
  };
  return (
    <Doorway title={t("signin.title")}>
      <form onSubmit={submit}>
        <Stack>
          {signIn.error && <ErrorNote error={signIn.error} />}
          {session.error && !signIn.error && (
            <ErrorNote error={session.error} onRetry={() => void session.refetch()} />
          )}
          <TextInput
            label={t("signin.username")}
            autoComplete="username"
            autoCapitalize="none"
            required
            withAsterisk={false}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <SecretInput
            label={t("signin.password")}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" mt="sm" size="md" loading={signIn.isPending}>
            {t("signin.submit")}
          </Button>
        </Stack>
      </form>
    </Doorway>
  );
}
