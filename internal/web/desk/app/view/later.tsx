// What nobody needs to answer a first chat comes by itself, once the desk is at work, or when it is
// opened before that.

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { speakWhole, t } from "../words";

const all: (() => Promise<void>)[] = [];

/** A part of the page that is drawn as soon as it is there; what did not come can be asked for
 * again. One that nobody opens waits for the desk to be at work, and nothing stands in its place. What
 * is for some comes by itself to those alone. */
export function later<P extends object>(bring: () => Promise<ComponentType<P>>, waits = false, mine = (): boolean => true): ComponentType<P> {
  const part = signal<{ is?: ComponentType<P>; failed?: number }>({});
  let coming: Promise<void> | undefined;
  const come = (): Promise<void> => {
    if (part.peek().is) return Promise.resolve();
    coming ??= Promise.all([bring(), speakWhole()]).then(([is]) => { part.value = { is }; }, () => { part.value = { failed: (part.peek().failed ?? 0) + 1 }; }).finally(() => { coming = undefined; });
    return coming;
  };
  // Some browsers remember what did not come: a page anew asks for it again, and drafts are kept.
  const again = (): void => {
    if (part.peek().failed === 1) void come();
    else location.reload();
  };
  all.push(() => (mine() ? come() : Promise.resolve()));
  return (props: P) => {
    useEffect(() => void (waits || come()), []);
    const { is: Part, failed } = part.value;
    if (Part) return <Part {...props} />;
    if (waits && !failed) return null;
    return failed ? (
      <p class="toast" role="alert">{t("desk.later.failed")} <button class="btn" type="button" onClick={again}>{t("desk.again")}</button></p>
    ) : <p class="toast" role="status">{t("desk.loading")}</p>;
  };
}

/** Brings all of it, one after the other. */
export async function bringAll(): Promise<void> {
  for (const come of all) await come();
}
