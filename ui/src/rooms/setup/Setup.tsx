import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { ApiError } from "@/api/errors";
import { sessionQuery, setupQuery } from "@/api/queries";
import { Doorway } from "@/kit/Doorway";
import { ErrorNote } from "@/kit/ErrorNote";
import { useTitle } from "@/kit/useTitle";

import { PasswordForm } from "./PasswordForm";

/** The one-time link: its secret stands after `#`, so that no server ever logs it. */
export function Setup() {
  const { t } = useTranslation();
  useTitle(t("setup.title"));
  const [token] = useState(() => location.hash.slice(1));
  if (token === "") return <Dead title={t("setup.missingTitle")} hint={t("setup.missingHint")} />;
  return <WithToken token={token} />;
}

function WithToken({ token }: { token: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  // Asking also brings the cookie that setting the password needs.
  useQuery(sessionQuery);
  const link = useQuery(setupQuery(token));
  if (link.error instanceof ApiError && link.error.status === 404) {
    return <Dead title={t("setup.deadTitle")} hint={t("setup.deadHint")} />;
  }
  return (
    <Doorway title={t("setup.title")}>
      {link.error && <ErrorNote error={link.error} onRetry={() => void link.refetch()} />}
      {link.isPending && <Text c="dimmed">{t("app.loading")}</Text>}
      {link.data && (
        <PasswordForm
          token={token}
          username={link.data.username}
          onDone={() => void navigate("/", { replace: true })}
        />
      )}
    </Doorway>
  );
}

function Dead({ title, hint }: { title: string; hint: string }) {
  const { t } = useTranslation();
  return (
    <Doorway title={title}>
      <Text mb="lg">{hint}</Text>
      <Button component={Link} to="/signin" variant="default">
        {t("setup.toSignIn")}
      </Button>
    </Doorway>
  );
}
