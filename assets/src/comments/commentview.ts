// One comment, and what its author can do with it.

import { h, icon } from "../lib/dom";
import { noteMarkdown } from "../lib/markdown";
import { t } from "../lib/words";
import { confirm } from "../page/dialog";
import { ago, fullTime } from "../page/times";
import { textOf } from "../panels/words";
import { initials } from "../presence/people";
import type { Book } from "./book";
import { Composer } from "./composer";
import { markCalled } from "./mention";
import type { Comment } from "./thread";

export function timeOf(micros: number): HTMLElement {
  const date = new Date(micros / 1000);
  return h("time", { datetime: date.toISOString(), "data-relative": true, title: fullTime(date), class: "muted small-text nowrap" }, ago(date));
}

export interface CommentHost { book: Book; thread: string; toast(text: string, options?: { error?: boolean }): void }

export function commentView(host: CommentHost, comment: Comment): HTMLElement {
  const { book } = host;
  const own = comment.by !== undefined && comment.by === book.me && book.may;
  const name = comment.name || t("Somebody");
  const text = h("div", { class: "comment-text" });
  const element = h("li", { class: "comment", "data-comment": comment.id, "data-testid": `comment-${comment.id}` });
  const draw = () => {
    const prose = noteMarkdown(comment.text);
    markCalled(prose, book.people, book.me);
    text.replaceChildren(prose);
  };
  const edit = () => {
    const back = () => {
      draw();
      element.querySelector<HTMLElement>("[data-act=edit]")?.focus();
    };
    const composer = new Composer({
      label: t("Change the comment"), button: t("Save"), text: comment.text, people: () => book.people, cancel: back,
      send: async (changed) => {
        if (changed === comment.text) return back();
        await book.edit(host.thread, comment.id, changed);
      },
    });
    text.replaceChildren(composer.element);
    composer.focus();
  };
  const remove = async () => {
    const last = book.threads.get(host.thread)?.count === 1;
    const yes = await confirm({ title: t("Delete this comment?"), text: last ? t("It is the only one: the thread goes with it.") : t("It cannot be brought back."), yes: t("Delete"), danger: true });
    if (!yes) return;
    await book.remove(host.thread, comment.id).catch((error: unknown) => host.toast(t("Not deleted. {why}", { why: textOf(error) }), { error: true }));
  };
  const act = (name: string, picture: string, label: string, run: () => void) => h("button", {
    type: "button", class: "button quiet small icon-only", "data-act": name, "data-testid": `comment-${name}`, "aria-label": label, title: label, onclick: run,
  }, icon(picture));
  element.append(
    h("div", { class: "comment-head" }, h("span", { class: "avatar", "aria-hidden": "true" }, initials(name)), h("b", { class: "truncate", title: name }, name), timeOf(comment.created),
      comment.edited ? h("span", { class: "muted small-text", title: fullTime(new Date(comment.edited / 1000)) }, t("edited")) : null,
      h("span", { class: "comment-acts" }, own ? act("edit", "pencil", t("Change the comment"), edit) : null, own || (book.manages && book.may) ? act("delete", "trash-2", t("Delete the comment"), () => void remove()) : null)),
    text,
  );
  draw();
  return element;
}
