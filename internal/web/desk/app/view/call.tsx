// Where the telephone stands in the desk, for those who have one.

import { me } from "../state";
import { later } from "./later";

export const bringPhone = () => import("./telephone");

const has = (): boolean => me.peek()?.phone ?? false;

export const CallTalk = later(async () => (await bringPhone()).CallTalk, false, has);
export const Devices = later(async () => (await bringPhone()).Devices, true, has);
export const PhoneCard = later(async () => (await bringPhone()).PhoneCard, true, has);
export const PhoneStrip = later(async () => (await bringPhone()).PhoneStrip, true, has);
export const PhoneTest = later(async () => (await bringPhone()).PhoneTest, false, has);
