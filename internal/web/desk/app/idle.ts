// A quiet night: after fourteen minutes without a touch the desk asks "Still here?"; without an
// answer it covers itself.

import { cover } from "./apply";
import { speaks } from "./phone";
import { pair } from "./sound";
import { tell } from "./socket";
import { dialog, locked, me } from "./state";

let touched = Date.now();

/** Milliseconds since somebody touched the desk. */
export const idle = (): number => Date.now() - touched;

export const touch = (): void => {
  touched = Date.now();
  if (dialog.peek()?.kind === "still") dialog.value = null;
};

export function guard(): void {
  for (const what of ["pointerdown", "keydown", "wheel", "pointermove"] as const) {
    addEventListener(what, touch, { passive: true, capture: true });
  }
  setInterval(() => {
    const limits = me.peek()?.limits;
    if (!limits || locked.peek()) return;
    if (speaks()) touch(); // she listens
    const quiet = idle();
    if (quiet >= limits.lock) {
      tell({ t: "cover" });
      cover(false);
    } else if (quiet >= limits.ask && dialog.peek()?.kind !== "still") {
      dialog.value = { kind: "still" };
      pair(0.08);
    }
  }, 1000);
}
