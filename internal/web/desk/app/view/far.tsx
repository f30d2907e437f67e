// What is not needed to answer a first chat, as one part that comes later.

export { Board } from "./board";
export { DecisionsDialog, Running } from "./clocks";
export { Duty } from "./duty";
export { Help } from "./help";
export { HelpDialog } from "./help_board";
export { Consents } from "./consent";
export { Procedures } from "./procedure";
export { ChangeDialog, LinkDialog, PromiseDialog, Situations } from "./situations";
export { ThreadPane } from "./thread";
