// The bar: where one is, whether the line is up, who one is, what calls, what time it is.

import { lock, openDialog, seen, state } from "../actions";
import { prefer, prefs, type Theme } from "../prefs";
import { link, lostAt } from "../socket";
import { awake } from "../sound";
import { look } from "../situations";
import { advises, me, openAlerts, supervises, view, type View } from "../state";
import { second as otherTab, takeLead } from "../tabs";
import { length, second, since, wall } from "../time";
import { speakTag, tongues } from "../tongues";
import { n, t } from "../words";
import { hidden } from "../safety";
import { PhoneStrip } from "./call";
import { Dot, Icon, Item, Menu, Name, way } from "./parts";

const skip = (): void => document.getElementById(view.value === "desk" ? "talks" : "main")?.focus();

export function Chip() {
  const text = link.value === "live" ? t("desk.link.live")
    : link.value === "joining" ? t("desk.link.joining")
    : t("desk.link.again", { time: length(second.value - lostAt.value < 0 ? 0 : Date.now() - lostAt.value) });
  return (
    <span class={`status link-${link.value}`} title={link.value === "again" ? t("desk.link.kept") : undefined}>
      <span class={`dot ${link.value === "live" ? "ok" : "warn"}`} />{text}
      <span class="vh" role="status">{link.value === "again" ? t("desk.link.kept") : link.value === "live" ? t("desk.link.live") : ""}</span>
    </span>
  );
}

function Nav() {
  const go = (to: View) => (e: MouseEvent): void => {
    e.preventDefault();
    view.value = to;
  };
  const mine = me.value;
  return (
    <nav aria-label={t("desk.nav")}>
      <ul role="list" class="row">
        {supervises.value ? <li><a href="#board" aria-current={view.value === "board" ? "page" : undefined} onClick={go("board")}>{t("desk.nav.board")}</a></li> : null}
        <li><a href="#desk" aria-current={view.value === "desk" ? "page" : undefined} onClick={go("desk")}>{t("desk.nav.desk")}</a></li>
        {advises.value ? (
          <li><a href="#situations" aria-current={view.value === "situations" ? "page" : undefined} onClick={(e) => {
            e.preventDefault();
            look();
          }}>{t("desk.nav.situations")}</a></li>
        ) : null}
        {(mine?.links ?? []).map((l) => (
          <li key={l.href}><a href={l.href} target="_blank" rel="noopener">{t(l.key)}<span class="vh"> {t("desk.nav.new_tab")}</span></a></li>
        ))}
      </ul>
    </nav>
  );
}

const sizes = [88, 100, 112, 125, 150];

export function Who({ short }: { short?: boolean }) {
  const mine = me.value;
  if (!mine) return null;
  const stateText = t("desk.who", { name: mine.name, state: t(`desk.state.${mine.state}`), load: mine.load, capacity: mine.capacity });
  const size = Math.max(0, sizes.indexOf(prefs.value.size));
  return (
    <Menu class="btn" label={<><Dot state={mine.state} />{short ? <Name>{t(`desk.state.${mine.state}`)}</Name> : <bdi>{stateText}</bdi>} <Icon name="down" small /></>}>
      {mine.state !== "ready" ? <Item icon="check" onClick={() => state("ready")}>{t("desk.do.ready")}</Item> : null}
      {mine.state !== "break" ? <Item icon="clock" onClick={() => state("break")}>{t("desk.do.break")}</Item> : null}
      <Item icon="lock" keys="Alt L" onClick={lock}>{t("desk.do.cover")}</Item>
      <Item icon="bell" onClick={() => openDialog({ kind: "sound" })}>{t("desk.do.sound")}</Item>
      <Item icon="keypad" keys="?" onClick={() => openDialog({ kind: "keys" })}>{t("desk.do.keys")}</Item>
      <li class="taste">
        <label for="theme">{t("desk.taste.theme")}</label>
        <select id="theme" class="btn" value={prefs.value.theme} onChange={(e) => prefer({ theme: e.currentTarget.value as Theme })}>
          {(["clock", "light", "dark"] as const).map((x) => <option key={x} value={x}>{t(`desk.taste.${x}`)}</option>)}
        </select>
      </li>
      <li class="taste">
        <label for="size">{t("desk.taste.size")}</label>
        <select id="size" class="btn" value={String(sizes[size])} onChange={(e) => prefer({ size: Number(e.currentTarget.value) })}>
          {sizes.map((x) => <option key={x} value={String(x)}>{`${x} %`}</option>)}
        </select>
      </li>
      <li class="taste">
        <label for="tongue">{t("desk.taste.language")}</label>
        <select id="tongue" class="btn" value={speakTag()} onChange={(e) => prefer({ lang: e.currentTarget.value })}>
          {tongues().map((x) => <option key={x.tag} value={x.tag} lang={x.tag}>{x.own}</option>)}
        </select>
      </li>
      <li><label class="check"><input type="checkbox" checked={prefs.value.dim} onChange={(e) => prefer({ dim: e.currentTarget.checked })} /><span>{t("desk.taste.dim")}</span></label></li>
      <Item icon="key" stop onClick={() => openDialog({ kind: "shift" })}>{t("desk.do.shift")}</Item>
    </Menu>
  );
}

export function Bell() {
  const open = openAlerts.value;
  if (!supervises.value) return null;
  return (
    <Menu class="btn bare" label={<><Icon name="bell" />{open.length}<span class="vh"> {n("desk.alerts", open.length)}</span></>}>
      {open.length === 0 ? <li class="quiet in">{t("desk.alerts.none")}</li> : open.map((a) => (
        <li key={a.id} class="in bell">
          <b>{t(`desk.alert.${a.kind}`, { handle: a.handle ?? "", with: a.with ?? "" })}</b>
          <span class="quiet">{a.channel ? way({ channel: a.channel, lang: a.lang ?? "" }) : ""} <bdi>{since(a.at)}</bdi></span>
          <button class="btn" type="button" onClick={() => seen(a.id)}>{t("desk.seen")}</button>
        </li>
      ))}
    </Menu>
  );
}

export function Bar({ pocket }: { pocket?: boolean }) {
  const line = hidden.value ? "" : me.value?.line ?? "";
  if (pocket) {
    return (
      <header class="bar">
        <a class="skip" href="#talks" onClick={skip}>{t("desk.skip")}</a>
        {view.value !== "desk" ? null : <h1 class="vh">{t("desk.title")}</h1>}
        <span class="brand"><Icon name="mark" flip /><span class="vh">{line}</span></span>
        <Who short />
        <span class="push" /><Chip />
        <Bell />
        <button class="btn" type="button" onClick={lock}><Icon name="lock" small />{t("desk.cover")}</button>
      </header>
    );
  }
  return (
    <header class="bar">
      <a class="skip" href="#talks" onClick={skip}>{t(view.value === "board" ? "desk.skip_board" : view.value === "situations" ? "desk.skip_main" : "desk.skip")}</a>
      {view.value !== "desk" ? null : <h1 class="vh">{t("desk.title")}</h1>}
      <span class="brand"><Icon name="mark" flip /><Name>{line}</Name></span>
      <Nav />
      <button class="find push" type="button" aria-keyshortcuts="Control+K" onClick={() => openDialog({ kind: "palette" })}>
        <Icon name="search" small /><span>{t("desk.find")}</span> <kbd>Ctrl K</kbd>
      </button>
      <button class={`btn bare sq${awake() ? "" : " mute"}`} type="button" onClick={() => openDialog({ kind: "sound" })}>
        <Icon name="ear" />{awake() ? <span class="vh">{t("desk.sounds")}</span> : t("desk.silent")}
      </button>
      <Chip />
      <Who />
      <Bell />
      <time class="clock" dateTime={wall.value}>{wall.value}</time>
    </header>
  );
}

/** One line under the bar when this is not the only tab, or the line is down. */
export function Strips() {
  return (
    <div class="strips">
      {me.value?.phone ? <PhoneStrip /> : null}
      {otherTab.value ? (
        <p class="note strip-note" role="status">
          <Icon name="alert" small /><span>{t("desk.second_tab")}</span>
          <button class="btn" type="button" onClick={takeLead}>{t("desk.second_tab_here")}</button>
        </p>
      ) : null}
      {link.value === "again" ? (
        <p class="note strip-note warn"><Icon name="alert" small /><span>{t("desk.link.kept")}</span></p>
      ) : null}
    </div>
  );
}

