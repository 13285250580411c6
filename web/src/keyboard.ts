// Keys that work everywhere in the page but in fields and open windows.

export type Binding = (down: boolean) => void;

/** Keys are those of photo cullers where these have one. `held` keys are told when they are let go, too. */
export function bind(bindings: ReadonlyMap<string, Binding>, held: ReadonlySet<string>): () => void {
  const pressed = new Set<string>();
  const release = (key: string) => {
    if (pressed.delete(key)) bindings.get(key)?.(false);
  };
  const down = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writes(event)) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const binding = bindings.get(key);
    if (!binding) return;
    event.preventDefault();
    if (!held.has(key)) binding(true);
    else if (!pressed.has(key)) {
      pressed.add(key);
      binding(true);
    }
  };
  const up = (event: KeyboardEvent) => release(event.key.toUpperCase());
  const away = () => {
    for (const key of [...pressed]) release(key);
  };
  addEventListener("keydown", down);
  addEventListener("keyup", up);
  addEventListener("blur", away);
  return () => {
    removeEventListener("keydown", down);
    removeEventListener("keyup", up);
    removeEventListener("blur", away);
  };
}

/** True where the key belongs to a field or an open window. A window that was just closed may hold the focus for a moment. */
function writes(event: KeyboardEvent): boolean {
  return event.composedPath().some((each) => {
    if (!(each instanceof HTMLElement)) return false;
    return each.matches("input, textarea, select, dialog[open]") || each.isContentEditable;
  });
}
