// The covered desk: nothing of a caller is on it. The passphrase alone opens it again.

import { useEffect, useRef, useState } from "preact/hooks";
import { signOut } from "../actions";
import { link, tell } from "../socket";
import { wake } from "../sound";
import { locked, me } from "../state";
import { wall } from "../time";
import { t } from "../words";
import { Icon, Name } from "./parts";
import { Chip } from "./bar";
import { PhoneStrip } from "./call";

export function Lock() {
  const is = locked.value;
  const [phrase, write] = useState("");
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => ref.current?.focus(), []);
  useEffect(() => {
    if (is?.trouble) {
      write("");
      ref.current?.focus();
    }
  }, [is?.trouble, is?.asking]);
  if (!is) return null;
  const open = (e: Event): void => {
    e.preventDefault();
    wake();
    if (phrase.trim() === "" || !tell({ t: "unlock", passphrase: phrase })) return;
    locked.value = { ...is, asking: true, trouble: "" };
  };
  return (
    <div class="door locked">
      <header class="bar"><span class="brand"><Icon name="mark" flip /><Name>{me.value?.line ?? ""}</Name></span><span class="push" /><Chip /><time class="clock">{wall.value}</time></header>
      {me.value?.phone ? <PhoneStrip covered /> : null}
      <main class="two one" id="main">
        <section aria-labelledby="lk">
          <h1 id="lk">{t("desk.locked.title")}</h1>
          <p class="quiet lede">{t("desk.locked.how", { name: me.value?.name ?? "" })}</p>
          {is.ring ? <p class="alarm open" role="alert"><Icon name="bell" /><b>{t("desk.locked.ring")}</b></p> : null}
          <form onSubmit={open}>
            <div class="field">
              <label for="pw">{t("desk.locked.passphrase")}</label>
              <input
                ref={ref} id="pw" type="password" autocomplete="current-password" value={phrase} required
                aria-describedby="pwh" aria-invalid={is.trouble ? "true" : undefined} onInput={(e) => write(e.currentTarget.value)}
              />
              <p class="tiny" id="pwh">{t("desk.locked.hint")}</p>
            </div>
            {is.trouble ? <p class="refusal" role="alert"><Icon name="alert" small /><span>{is.trouble}</span></p> : null}
            <button class="btn pri big wide" type="submit" disabled={is.asking || link.value !== "live"}>
              <Icon name="key" />{t(is.asking ? "desk.locked.opening" : "desk.locked.open")}
            </button>
          </form>
          <p class="foot"><button class="btn bare" type="button" onClick={signOut}>{t("desk.locked.out")}</button></p>
        </section>
      </main>
    </div>
  );
}
