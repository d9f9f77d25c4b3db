// Loaded on every page: the small behaviours that plain HTML lacks. Pages work as documents without it.

import { watchConfirmations } from "./page/confirm";
import { watchCopyButtons } from "./page/copy";
import { watchDialogs } from "./page/dialog";
import { watchMessages } from "./page/messages";
import { watchMenus } from "./page/menu";
import { watchRows } from "./page/rows";
import { announceSprite } from "./page/sprite";
import { showCurrentTabs } from "./page/tabs";
import { watchTheme } from "./page/theme";
import { watchTimes } from "./page/times";
import { watchTips } from "./page/tips";

announceSprite();
watchTheme();
watchMenus();
showCurrentTabs();
watchDialogs();
watchConfirmations();
watchMessages();
watchCopyButtons();
watchTimes();
watchRows();
watchTips();
