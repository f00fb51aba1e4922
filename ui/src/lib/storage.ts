/** Choices kept in this browser. A browser that keeps nothing only forgets the choice. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`sereno.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`sereno.${key}`, value);
  } catch {
    // Private windows may refuse; the choice then lasts until the page is closed.
  }
}
