import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

import css from "./CardTable.module.css";

/** A table whose rows become cards on a narrow screen; its cells carry their headings then. */
export function CardTable({ columns, actions, children }: {
  columns: readonly string[];
  /** The heading of the last column, for those who listen. */
  actions?: string;
  children: ReactNode;
}) {
  return (
    <Table className={css.table ?? ""} verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column} scope="col">
              {column}
            </Table.Th>
          ))}
          {actions && (
            <Table.Th scope="col">
              <VisuallyHidden>{actions}</VisuallyHidden>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}
