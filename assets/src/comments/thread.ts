// Comments as the server speaks of them. They mirror engine/comment.go.

export interface Place { node?: string; note?: string; at: [number, number] }

export interface Comment {
  id: string;
  by?: string; // absent for one that came with a file
  name: string;
  text: string;
  created: number; // microseconds
  edited?: number;
  mentions?: string[];
}

export interface Thread {
  id: string;
  place: Place;
  created: number;
  updated: number;
  resolved?: number;
  resolved_by?: string;
  count: number;
  unread?: number;
  mentioned?: boolean;
  comments?: Comment[]; // of lists the first one only
}

export interface Person { id: string; name: string; email: string }

/** What watchers of a workflow are told. A thread with count 0 is gone. */
export interface CommentFrame { workflow: string; thread: Thread; comment?: Comment; deleted?: string }
