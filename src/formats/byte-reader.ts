/** Reads a stream in pieces of any length. Buffers at most one chunk more than was asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes read or skipped so far. */
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Consumes the next bytes. Returns fewer only at the end of the stream. */
  async read(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    this.#rest = this.#rest.subarray(bytes.length);
    this.position += bytes.length;
    return bytes;
  }

  /** Returns the next bytes without consuming them; fewer only at the end of the stream. */
  async peek(length: number): Promise<Buffer> {
    const pieces = [this.#rest];
    let held = this.#rest.length;
    while (held < length) {
      const next = await this.#next();
      if (next === null) break;
      pieces.push(next);
      held += next.length;
    }
    if (pieces.length > 1) this.#rest = Buffer.concat(pieces);
    return this.#rest.subarray(0, length);
  }

  /** Skips bytes. Returns how many there were. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > this.#rest.length) {
      left -= this.#rest.length;
      const next = await this.#next();
      this.#rest = next ?? Buffer.alloc(0);
      if (next === null) {
        this.position += length - left;
        return length - left;
      }
    }
    this.#rest = this.#rest.subarray(left);
    this.position += length;
    return length;
  }

  /** Ends the stream early. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #next(): Promise<Buffer | null> {
    const next = await this.#chunks.next();
    if (next.done === true) return null;
    return Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  }
}
