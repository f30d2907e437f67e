// The clocks of procedures. One that runs out is heard once, softly, wherever it runs; what it is
// about stands beside the conversation.

import { computed, effect } from "@preact/signals";
import { procedures } from "./record";
import { heard } from "./safety";
import { tick } from "./sound";
import { chats, say } from "./state";
import { leads } from "./tabs";
import { second } from "./time";
import { t } from "./words";

/** Steps whose clock has run out, by contact. */
export const ranOut = computed<ReadonlyMap<string, string>>(() => {
  const out = new Map<string, string>();
  for (const [id, all] of procedures.value) {
    const up = all.find((p) => p.due && p.due <= second.value);
    if (up) out.set(id, up.next ?? "");
  }
  return out;
});

const rang = new Set<string>();

effect(() => {
  for (const [id, step] of ranOut.value) {
    const due = procedures.peek().get(id)?.find((p) => p.due && p.due <= second.peek())?.due ?? 0;
    const chat = chats.peek().get(id);
    if (!chat || rang.has(`${id} ${due}`)) continue;
    rang.add(`${id} ${due}`);
    if (!leads.peek()) continue;
    say(t("desk.proc.rang", { handle: chat.info.peek().handle, step }));
    if (!heard(chat)) tick();
  }
});
