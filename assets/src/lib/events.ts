// A small typed emitter. A listener that throws is reported and does not keep the others from hearing.

export class Emitter<M> {
  private readonly listeners = new Map<keyof M, Set<(detail: never) => void>>();

  on<K extends keyof M>(name: K, listener: (detail: M[K]) => void): () => void {
    let set = this.listeners.get(name);
    if (!set) this.listeners.set(name, (set = new Set()));
    set.add(listener as (detail: never) => void);
    return () => set.delete(listener as (detail: never) => void);
  }

  emit<K extends keyof M>(name: K, detail: M[K]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      try {
        (listener as (detail: M[K]) => void)(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
