// Records that are to leave the house: one supervisor asks, another approves, the first takes
// the file, once.

import { signal } from "@preact/signals";
import type { Export, ExportFrame } from "./frames";

export const exports_ = signal<Export[]>([]);

/** Hands the file to the browser; nothing of it is kept here. */
export function handOut(frame: ExportFrame): void {
  const url = URL.createObjectURL(new Blob([frame.file], { type: "application/json" }));
  const a = document.createElement("a");
  a.href = url;
  a.download = `record-${frame.id}.json`;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
