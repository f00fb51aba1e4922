import { Table, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";

import css from "./CardTable.module.css";

interface Column {
  title: string;
  className?: string | undefined;
  /** For those who listen; others see what stands below. */
  isUnseen?: boolean;
}

/** A table whose rows become cards on a narrow screen; its cells carry their headings then. */
export function CardTable({
  columns,
  actions,
  className = "",
  cardsUpTo = "47.99em",
  highlightOnHover = false,
  children,
}: {
  columns: readonly (string | Column)[];
  /** The heading of the last column, for those who listen. */
  actions?: string;
  className?: string | undefined;
  /** The widest screen on which rows are cards. */
  cardsUpTo?: string;
  highlightOnHover?: boolean;
  children: ReactNode;
}) {
  const areCards = useMediaQuery(`(max-width: ${cardsUpTo})`, false, { getInitialValueInEffect: false });
  const all: Column[] = columns.map((each) => (typeof each === "string" ? { title: each } : each));
  if (actions) all.push({ title: actions, isUnseen: true });
  return (
    <Table
      className={`${css.table} ${className}`}
      data-cards={areCards || undefined}
      verticalSpacing="sm"
      highlightOnHover={highlightOnHover}
    >
      <Table.Thead>
        <Table.Tr>
          {all.map((column) => (
            <Table.Th key={column.title} scope="col" className={column.className ?? ""}>
              {column.isUnseen ? <VisuallyHidden>{column.title}</VisuallyHidden> : column.title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}
