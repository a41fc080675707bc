/** Reads a stream in pieces of any length, and never holds more than one chunk and what is asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes that were read or skipped. */
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes; fewer only where the stream ends. Moves on. */
  async read(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    this.#rest = this.#rest.subarray(bytes.length);
    this.position += bytes.length;
    return bytes;
  }

  /** The next bytes; fewer only where the stream ends. Stays. */
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

  /** Moves on; returns how many bytes there were. */
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

  /** Nothing more is wanted. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #next(): Promise<Buffer | null> {
    const next = await this.#chunks.next();
    if (next.done === true) return null;
    return Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  }
}
