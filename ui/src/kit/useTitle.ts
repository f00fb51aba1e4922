import { useEffect } from "react";

/** Names the document after the screen. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Sereno` : "Sereno";
  }, [title]);
}
