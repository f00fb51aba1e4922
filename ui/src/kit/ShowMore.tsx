import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

/** Goes on with a long list when it comes into sight, or is pressed. */
export function ShowMore({ rest, label, onMore }: {
  rest: number;
  /** Where nobody knows how many more there are. */
  label?: string;
  onMore: () => void;
}) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const element = button.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.at(-1)?.isIntersecting) onMore();
      },
      { rootMargin: "400px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  });
  if (rest === 0) return null;
  return (
    <Button ref={button} variant="default" fullWidth mt="sm" onClick={onMore}>
      {label ?? t("list.more", { count: rest })}
    </Button>
  );
}
