// Which control shows which widget.

import { argumentsControl, choiceControl, choicesControl } from "./choices";
import { codeControl, jsonControl } from "./codecontrol";
import { conditionControl } from "./condition";
import type { MakeControl } from "./control";
import { credentialControl } from "./credential";
import { cronControl } from "./cron";
import { listControl } from "./list";
import { mapControl } from "./map";
import { objectControl } from "./object";
import { fieldControl, numberControl, secretControl, selectControl, textareaControl, textControl, timezoneControl, toggleControl } from "./simple";
import { workflowControl } from "./workflow";

export const controls: { [widget: string]: MakeControl } = {
  text: textControl,
  path: textControl,
  field: fieldControl,
  fields: listControl,
  textarea: textareaControl,
  secret: secretControl,
  number: numberControl,
  toggle: toggleControl,
  select: selectControl,
  timezone: timezoneControl,
  list: listControl,
  cards: listControl,
  choice: choiceControl,
  choices: choicesControl,
  arguments: argumentsControl,
  map: mapControl,
  object: objectControl,
  cron: cronControl,
  credential: credentialControl,
  workflow: workflowControl,
  code: codeControl,
  json: jsonControl,
  condition: conditionControl,
};
