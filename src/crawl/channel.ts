/** A queue between producers and one reader; a producer waits while it is full, so that memory stays flat. */
export class Channel<T> {
  readonly #items: T[] = [];
  readonly #room: number;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #wakeReader: (() => void) | null = null;
  #wakeWriters: (() => void)[] = [];

  constructor(room: number) {
    this.#room = room;
  }

  async push(item: T): Promise<void> {
    while (this.#items.length >= this.#room && !this.#ended)
      await new Promise<void>((resolve) => this.#wakeWriters.push(resolve));
    if (this.#ended) return;
    this.#items.push(item);
    this.#wakeReader?.();
  }

  /** Nothing more will come; what is there is still read. */
  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
    for (const wake of this.#wakeWriters.splice(0)) wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        for (const wake of this.#wakeWriters.splice(0)) wake();
        yield item;
        continue;
      }
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeReader = null;
    }
  }
}
