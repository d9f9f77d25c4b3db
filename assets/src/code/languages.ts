// Languages, each in a script of its own.

import { type CompletionContext } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { completer, type Completions } from "./complete";

export async function language(name: string, data?: Completions): Promise<Extension> {
  switch (name) {
    case "javascript": {
      const { javascript, javascriptLanguage } = await import("@codemirror/lang-javascript");
      const always = (_: CompletionContext) => true;
      return data ? [javascript(), javascriptLanguage.data.of({ autocomplete: completer(data, always) })] : javascript();
    }
    case "python":
      return (await import("@codemirror/lang-python")).python();
    case "sql":
      return (await import("@codemirror/lang-sql")).sql();
    case "json":
      return (await import("@codemirror/lang-json")).json();
    case "html":
      return (await import("@codemirror/lang-html")).html();
    case "markdown":
      return (await import("@codemirror/lang-markdown")).markdown();
    default:
      return [];
  }
}
