import { TextInput } from "@mantine/core";

import { Icon } from "./icons";

/** Narrows a list while it is written. */
export function SearchBox({ label, value, onChange, className = "" }: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string | undefined;
}) {
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      leftSection={<Icon name="search" size={16} />}
      autoComplete="off"
      spellCheck={false}
      className={className}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
