/** Collects what happens until somebody takes it. */
export class Inbox<Item> {
  #items: Item[] = [];
  #arrived = Promise.withResolvers<void>();
  #failure: { reason: unknown } | undefined;

  put(item: Item): void {
    this.#items.push(item);
    this.#arrived.resolve();
  }

  /** Rejects from now on. */
  fail(reason: unknown): void {
    this.#failure = { reason };
    this.#arrived.resolve();
  }

  /** Resolves when there is something to take. @throws the reason of {@link fail}. */
  async arrival(): Promise<void> {
    await this.#arrived.promise;
    if (this.#failure) throw this.#failure.reason;
  }

  take(): Item[] {
    const items = this.#items;
    this.#items = [];
    this.#arrived = Promise.withResolvers<void>();
    return items;
  }
}
