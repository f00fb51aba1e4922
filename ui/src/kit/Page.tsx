import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import css from "./Page.module.css";
import { useTitle } from "./useTitle";

/** A screen of words: its title, its main act, its content. */
export function Page({ title, lead, action, children }: {
  title: string;
  lead?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <div className={css.page}>
      <Group justify="space-between" align="center" mb="lg">
        <div>
          <Title order={1} size="h2">
            {title}
          </Title>
          {lead && <Text c="dimmed">{lead}</Text>}
        </div>
        {action}
      </Group>
      {children}
    </div>
  );
}
