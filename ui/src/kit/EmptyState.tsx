import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import css from "./EmptyState.module.css";
import { Lantern } from "./Lantern";

/** A place where nothing is yet: what it is for, and what to do next. */
export function EmptyState({ title, hint, children, isLit = false, isPart = false }: {
  title: string;
  hint: string;
  children?: ReactNode;
  isLit?: boolean;
  /** Whether it stands under a screen's own title. */
  isPart?: boolean;
}) {
  return (
    <Stack align="center" justify="center" gap="sm" py="4rem" px="md" ta="center" mih="50vh">
      <span className={css.lantern}>
        <Lantern size={72} isLit={isLit} />
      </span>
      <Title order={isPart ? 2 : 1} size="h3">
        {title}
      </Title>
      <Text c="dimmed" maw={440}>
        {hint}
      </Text>
      {children}
    </Stack>
  );
}
