// Small parts that every view uses.

import type { ComponentChildren, TargetedFocusEvent, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { reason } from "../apply";
import { forgive } from "../actions";
import type { Person, Row } from "../frames";
import { refusal } from "../state";
import { language, listed, t } from "../words";

const icons: Record<string, string> = { chat: "chat", call: "phone", text: "text", form: "form", mail: "form" };

export const Icon = ({ name, small, flip }: { name: string; small?: boolean; flip?: boolean }) => (
  <svg class={`icon${small ? " sm" : ""}${flip ? " flip" : ""}`} aria-hidden="true"><use href={`#${name}`} /></svg>
);

export const ChannelIcon = ({ of }: { of: string }) => <Icon name={icons[of] ?? "chat"} small />;

/** "Chat · English" */
export const way = (of: { channel: string; lang: string }): string =>
  t("desk.way", { channel: t(`desk.channel.${of.channel}`), language: language(of.lang) });

export const why = (of: { reason: string }): string => t(`desk.reason.${of.reason}`);
export const whyMore = (row: Pick<Row, "why">): string => (row.why ?? []).map((code) => t(`desk.why.${code}`)).join(" ");

/** A handle or a pseudonym, safe inside a line of the other direction. */
export const Name = ({ children }: { children: ComponentChildren }) => <bdi>{children}</bdi>;

export const Dot = ({ state }: { state: string }) => (
  <span class={`dot ${{ ready: "ok", busy: "busy", break: "warn" }[state] ?? "off"}`} />
);

/** What was refused, said where it was asked. */
export function Refusal({ of, id }: { of: string; id: string }) {
  const was = refusal(of, id);
  if (!was) return null;
  return (
    <p class="refusal" role="alert">
      <Icon name="alert" small />
      <span>{reason(was)}</span>
      <button class="btn bare sq" type="button" onClick={() => forgive(of, id)}>{t("desk.dismiss")}</button>
    </p>
  );
}

/** A menu that closes when something was chosen, on Escape and when the focus leaves it. */
export function Menu(props: { label: ComponentChildren; class?: string; push?: boolean; children: ComponentChildren }) {
  const ref = useRef<HTMLDetailsElement>(null);
  const shut = (): void => {
    if (ref.current) ref.current.open = false;
  };
  const onKeyDown = (e: TargetedKeyboardEvent<HTMLDetailsElement>): void => {
    if (e.key !== "Escape" || !ref.current?.open) return;
    e.stopPropagation();
    shut();
    ref.current.querySelector("summary")?.focus();
  };
  const onFocusOut = (e: TargetedFocusEvent<HTMLDetailsElement>): void => {
    if (e.relatedTarget instanceof Node && !e.currentTarget.contains(e.relatedTarget)) shut();
  };
  useEffect(() => {
    const outside = (e: PointerEvent): void => {
      if (ref.current?.open && e.target instanceof Node && !ref.current.contains(e.target)) shut();
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, []);
  return (
    <details ref={ref} class={`menu${props.push ? " push" : ""}`} onKeyDown={onKeyDown} onFocusOut={onFocusOut}>
      <summary class={props.class ?? "btn bare sq"}>{props.label}</summary>
      <ul class="sheet" role="list" onClick={(e) => (e.target as Element).closest("button,a") && shut()}>{props.children}</ul>
    </details>
  );
}

export const Item = (props: { icon: string; flip?: boolean; stop?: boolean; keys?: string; onClick: () => void; children: ComponentChildren }) => (
  <li>
    <button class={`btn wide${props.stop ? " stop" : ""}`} type="button" onClick={props.onClick}>
      <Icon name={props.icon} flip={props.flip ?? false} />{props.children}
      {props.keys ? <kbd class="push">{props.keys}</kbd> : null}
    </button>
  </li>
);

/** A window over the desk: the browser keeps the focus in it and gives it back. */
export function Modal(props: {
  title: string; onClose: () => void; children: ComponentChildren; wide?: boolean; quiet?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  // Before the next key is pressed: what is typed then belongs in the window.
  useLayoutEffect(() => {
    const d = ref.current;
    if (d && !d.open) d.showModal();
    return () => d?.close();
  }, []);
  return (
    <dialog
      ref={ref} class={`modal${props.wide ? " wide" : ""}`} aria-labelledby="modal"
      onCancel={(e) => {
        e.preventDefault();
        props.onClose();
      }}
      onClick={(e) => e.target === ref.current && !props.quiet && props.onClose()}
    >
      <div class="in">
        <h2 id="modal">{props.title}</h2>
        {props.children}
      </div>
    </dialog>
  );
}

/** A choice among colleagues, those who fit first. */
export function People(props: { of: Person[]; lang: string; name: string; chosen: string; onChoose: (id: string) => void }) {
  const rank = (p: Person): number =>
    (p.languages.includes(props.lang) ? 0 : 4) + (p.state === "ready" ? 0 : p.state === "busy" ? 1 : 2);
  return (
    <ul class="who" role="list">
      {[...props.of].sort((a, b) => rank(a) - rank(b)).map((p) => (
        <li key={p.id}>
          <label class="check">
            <input type="radio" name={props.name} checked={props.chosen === p.id} onChange={() => props.onChoose(p.id)} />
            <span>
              <b><Name>{p.name}</Name></b> <span class="quiet">{listed(p.languages.map(language))}</span>
              <small><Dot state={p.state} /> {t(`desk.state.${p.state}`)}, <bdi>{t("desk.load", { load: p.load, capacity: p.capacity })}</bdi></small>
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
