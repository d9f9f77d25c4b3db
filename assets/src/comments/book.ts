// This page's knowledge of a workflow's comments: what the server answered, and what it told since.

import { api, request, segment } from "../lib/api";
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
  private readonly whole = new Set<string>(); // threads of which all comments are here

  constructor(workflow: string, private readonly changed: () => void) {
    this.path = `/workflows/${segment(workflow)}/comments`;
  }

  async load(): Promise<void> {
    try {
      const { threads, people, may, manages, me } = await api.get<Listed>(this.path);
      Object.assign(this, { people, may, manages, me });
      this.threads.clear();
      this.whole.clear();
      for (const thread of threads) this.threads.set(thread.id, thread);
      this.failure = "";
    } catch (error) {
      this.failure = wordsOf(error);
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
    const { threads } = await api.get<Listed>(`${this.path}?q=${segment(words)}`);
    return new Set(threads.map(({ id }) => id));
  }

  isWhole(id: string): boolean {
    return this.whole.has(id);
  }

  /** Reads all comments of a thread. */
  async fetch(id: string): Promise<void> {
    const thread = await api.get<Thread>(`${this.path}/${segment(id)}`);
    this.threads.set(id, thread);
    this.whole.add(id);
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
    const now = this.threads.get(frame.thread.id);
    if (now && now.comments?.length === 0) void this.fetch(now.id).catch(() => undefined);
    this.changed();
    return fresh && frame.comment!.by !== this.me && (frame.thread.count > (before?.count ?? 0)) ? frame.comment : undefined;
  }

  /** Puts what is known now over what was known; true when the comment was not known. */
  private put(now: Thread, comment?: Comment, deleted?: string): boolean {
    const before = this.threads.get(now.id);
    if (now.count === 0) {
      this.threads.delete(now.id);
      this.whole.delete(now.id);
      return false;
    }
    if (!before && now.count === 1 && comment) this.whole.add(now.id);
    let comments = (before?.comments ?? []).filter(({ id }) => id !== deleted);
    const known = comment !== undefined && comments.some(({ id }) => id === comment.id);
    const fresh = comment !== undefined && !known && !comment.edited && comment.created >= now.updated;
    if (comment && known) comments = comments.map((other) => (other.id === comment.id ? comment : other));
    else if (comment && this.whole.has(now.id)) comments = [...comments, comment].sort((a, b) => a.created - b.created);
    const others = fresh && comment.by !== this.me;
    this.threads.set(now.id, {
      ...now, comments,
      unread: Math.min((before?.unread ?? 0) + (others && now.count > (before?.count ?? 0) ? 1 : 0), now.count),
      mentioned: Boolean(before?.mentioned) || Boolean(comment?.mentions?.includes(this.me)),
    });
    return fresh;
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
