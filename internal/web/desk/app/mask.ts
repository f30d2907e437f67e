// While somebody is beside a caller, what this line is about stands nowhere on the page: not in
// what we said, not in a form, a phrase, a note. One rule for all that is drawn, so that no view
// has to think of it.

import { options, type VNode } from "preact";
import { hidden } from "./safety";

const named = new RegExp([
  String.raw`(human )?traffick\w*|pangangalakal ng tao`,
  String.raw`trata (de (personas|seres humanos|mujeres|menores|niñ[ao]s|blancas)|sexual|laboral|infantil)|tráfico de (personas|seres humanos)`,
  String.raw`(?<=(^|\P{L})(de|es|de la|contra la|sobre la) )trata(?!\p{L}| (mal|bien|como|de ))`,
  String.raw`traite (des |d['’])?(êtres humains|personnes|femmes|enfants|mineure?s)|trafic d['’]êtres humains`,
  String.raw`(?<=(^|\P{L})(de|est|de la|contre la|sur la) )traite(?!\p{L}| (mal|bien|comme|de ))`,
  String.raw`\p{L}*[اإ]تجار(اً|ًا|ا)?(?!\p{L})( ب(البشر|الأشخاص|النساء|الأطفال))?|\p{L}*متاجرة ب\p{L}+`,
].join("|"), "giu");

/** Whether a text says what this line is about. */
export const namesIt = (text: string): boolean => text.search(named) >= 0;

/** What she said stands as she said it. */
export const hers = (text: string): string => Object(text) as string;

const told = ["aria-label", "title", "placeholder"];

/** From here on nothing is drawn that says it; a field keeps what is written in it, veiled until it is touched. */
export function mask(): void {
  const before = options.vnode;
  options.vnode = (v: VNode<Record<string, unknown> | string>) => {
    if (hidden.value) {
      const is = v.props;
      if (typeof is === "string") v.props = is.replace(named, "…");
      else if (typeof v.type === "string") {
        for (const name of told) if (typeof is[name] === "string") is[name] = is[name].replace(named, "…");
        if (typeof is["value"] === "string" && namesIt(is["value"])) is["class"] = `${String(is["class"] ?? "")} veiled`;
      }
    }
    before?.(v as VNode);
  };
}
