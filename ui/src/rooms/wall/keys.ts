/** Whether a key pressed on `target` is meant for a field, a list or a dialog, not for the page. */
export function isForField(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]") !== null;
}

/** Whether it is part of a combination that belongs to the browser. */
export function isCombined(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
}
