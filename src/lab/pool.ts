/**
 * Runs `work` over `items`, at most `width` at a time, started in order. Resolves with the results in the
 * items' order. `work` must not reject: a case that fails is a result, not an exception.
 */
export async function pool<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    // All workers draw from one iterator: whoever is free takes the next item.
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
