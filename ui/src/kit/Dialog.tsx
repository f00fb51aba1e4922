import { Modal } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  title: string;
  onClose: () => void;
  size?: "md" | "lg" | "xl";
  children: ReactNode;
}

/** A question or an answer over the page, for as long as it is rendered. */
export function Dialog({ title, onClose, size = "md", children }: Props) {
  const { t } = useTranslation();
  useFocusBack();
  const full = document.fullscreenElement;
  return (
    <Modal
      opened
      onClose={onClose}
      size={size}
      title={title}
      closeButtonProps={{ "aria-label": t("action.close") }}
      // What fills the screen hides all that lies outside of it.
      portalProps={{ target: full instanceof HTMLElement ? full : document.body }}
    >
      {children}
    </Modal>
  );
}

/** Afterwards whoever came by the keyboard goes on from where they were. */
function useFocusBack(): void {
  useEffect(() => {
    const opener = openerOf(document.activeElement);
    return () => {
      setTimeout(() => {
        if (document.activeElement === document.body && opener?.isConnected) opener.focus();
      });
    };
  }, []);
}

/** What was chosen in a menu goes with it: its button stays. */
function openerOf(element: Element | null): HTMLElement | null {
  const menu = element?.closest("[role=menu]");
  const opener = menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : element;
  return opener instanceof HTMLElement ? opener : null;
}
