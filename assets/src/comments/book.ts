// This page's knowledge of a workflow's comments: what the server answered, and what it told since.

import { api, request, segment } from "../lib/api";
import { textOf } from "../panels/words";
import type { Comment, CommentFrame, Person, Place, Thread } from "./thread";

interface Listed { threads: Thread[]; people: Person[]; may: boolean; manages: boolean; me: string }

export class Book {
  readonly threads = new Map<string, Thread>();
  people: Person[] = [];
  me = "";
  may = false;
  manages = false;
  /** Why the comments are not there, in words; "" when they are. undefined: they are on their way. */
  failure: string | undefined;
  private readonly path: string;
  private readonly opened = new Set<string>(); // threads of which the first comment and the last ones are here
  private readonly asked = new Set<string>(); // threads whose first comments are on their way, or are not to be had

  constructor(workflow: string, private readonly changed: () => void) {
    this.path = `/workflows/${segment(workflow)}/comments`;
  }

  async load(): Promise<void> {
    try {
      // Without texts: pins and counts need all threads, and who reads the list sees a few of them.
      const { threads, people, may, manages, me } = await api.get<Listed>(`${this.path}?bare=1&limit=1000`);
      Object.assign(this, { people, may, manages, me });
      const before = new Map(this.threads);
      this.threads.clear();
      this.opened.clear();
      this.asked.clear();
      for (const thread of threads) this.threads.set(thread.id, { ...thread, comments: before.get(thread.id)?.comments });
      this.failure = "";
    } catch (error) {
      this.failure = textOf(error);
    }
    this.changed();
  }

  /** Those with the newest words first. */
  get list(): Thread[] {
    return [...this.threads.values()].sort((a, b) => b.updated - a.updated);
  }

  get unread(): number {
    return this.list.filter((thread) => thread.unread).length;
  }

  /** The ids of the threads in which these words were said. */
  async search(words: string): Promise<Set<string>> {
    const { threads } = await api.get<Listed>(`${this.path}?q=${segment(words)}&bare=1&limit=1000`);
    return new Set(threads.map(({ id }) => id));
  }

  /** Reads the first comments of those of some threads of which none is here yet. */
  async first(some: Thread[]): Promise<void> {
    const ids = some.filter(({ id, comments }) => !comments?.length && !this.asked.has(id)).map(({ id }) => id).slice(0, 200);
    if (ids.length === 0) return;
    for (const id of ids) this.asked.add(id);
    try {
      const { threads } = await api.get<Listed>(`${this.path}?ids=${ids.map(segment).join(",")}&limit=200`);
      for (const { id, comments } of threads) {
        const now = this.threads.get(id);
        if (now && !now.comments?.length) this.threads.set(id, { ...now, comments });
        this.asked.delete(id);
      }
    } catch (error) {
      for (const id of ids) this.asked.delete(id);
      throw error;
    }
    this.changed();
  }

  isOpened(id: string): boolean {
    return this.opened.has(id);
  }

  /** How many comments of a thread lie between its first one and the last ones, and are not here yet. */
  between(id: string): number {
    const thread = this.threads.get(id);
    return thread && this.opened.has(id) ? Math.max(0, thread.count - (thread.comments?.length ?? 0)) : 0;
  }

  /** Reads the first comment of a thread and the last ones. */
  async fetch(id: string): Promise<void> {
    const thread = await api.get<Thread>(`${this.path}/${segment(id)}`);
    this.threads.set(id, thread);
    this.opened.add(id);
    this.changed();
  }

  /** Reads more of a long thread, before what is here. */
  async earlier(id: string): Promise<void> {
    const before = this.threads.get(id)?.comments?.[1]?.created;
    if (before === undefined) return this.fetch(id);
    const { comments = [] } = await api.get<Thread>(`${this.path}/${segment(id)}?before=${before}`);
    const now = this.threads.get(id);
    if (!now) return;
    const known = new Map([...comments, ...(now.comments ?? [])].map((comment) => [comment.id, comment]));
    this.threads.set(id, { ...now, comments: [...known.values()].sort((a, b) => a.created - b.created) });
    this.changed();
  }

  async start(place: Place, text: string): Promise<string> {
    const thread = await api.post<Thread>(this.path, { place, text });
    this.put(thread, thread.comments?.[0]);
    this.changed();
    return thread.id;
  }

  async reply(id: string, text: string): Promise<void> {
    const { thread, comment } = await api.post<{ thread: Thread; comment: Comment }>(`${this.path}/${segment(id)}`, { text });
    this.put(thread, comment);
    this.changed();
  }

  async edit(id: string, comment: string, text: string): Promise<void> {
    const answer = await api.post<{ thread: Thread; comment: Comment }>(`${this.path}/${segment(id)}/comments/${segment(comment)}`, { text });
    this.put(answer.thread, answer.comment);
    this.changed();
  }

  async remove(id: string, comment: string): Promise<void> {
    await request("DELETE", `${this.path}/${segment(id)}/comments/${segment(comment)}`);
    const thread = this.threads.get(id);
    if (thread?.comments?.some((other) => other.id === comment)) this.put({ ...thread, count: thread.count - 1 }, undefined, comment);
    this.changed();
  }

  async resolve(id: string, resolved: boolean): Promise<void> {
    this.put(await api.post<Thread>(`${this.path}/${segment(id)}/resolve`, { resolved }));
    this.changed();
  }

  /** Marks a thread as seen. A mark that is lost only shows it as new once more. */
  async read(id: string): Promise<void> {
    const thread = this.threads.get(id);
    if (!thread?.unread) return;
    this.threads.set(id, { ...thread, unread: 0 });
    this.changed();
    await api.post(`${this.path}/${segment(id)}/read`).catch(() => undefined);
  }

  async readAll(): Promise<void> {
    await api.post(`${this.path}/read`);
    for (const [id, thread] of this.threads) if (thread.unread) this.threads.set(id, { ...thread, unread: 0 });
    this.changed();
  }

  /** Takes up what somebody did, or this person elsewhere. Returns the comment when somebody else has just said it. */
  take(frame: CommentFrame): Comment | undefined {
    const before = this.threads.get(frame.thread.id);
    const fresh = this.put(frame.thread, frame.comment, frame.deleted);
    this.changed();
    return fresh && frame.comment!.by !== this.me && (frame.thread.count > (before?.count ?? 0)) ? frame.comment : undefined;
  }

  /** Puts what is known now over what was known; true when the comment was not known. */
  private put(now: Thread, comment?: Comment, deleted?: string): boolean {
    const before = this.threads.get(now.id);
    if (now.count === 0) {
      this.threads.delete(now.id);
      this.opened.delete(now.id);
      return false;
    }
    if (!before && now.count === 1 && comment) this.opened.add(now.id);
    let comments = (before?.comments ?? []).filter(({ id }) => id !== deleted);
    const known = comment !== undefined && comments.some(({ id }) => id === comment.id);
    const fresh = comment !== undefined && !known && !comment.edited && comment.created >= now.updated;
    if (comment && known) comments = comments.map((other) => (other.id === comment.id ? comment : other));
    else if (comment && this.opened.has(now.id)) comments = [...comments, comment].sort((a, b) => a.created - b.created);
    const others = fresh && comment.by !== this.me;
    this.threads.set(now.id, {
      ...now, comments,
      unread: Math.min((before?.unread ?? 0) + (others && now.count > (before?.count ?? 0) ? 1 : 0), now.count),
      mentioned: Boolean(before?.mentioned) || Boolean(comment?.mentions?.includes(this.me)),
    });
    return fresh;
  }
}
