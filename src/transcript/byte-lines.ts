/** Of a longer line both ends are kept, as in LineSplitter. Bytes. */
const longestLine = 4096;
const keptEnd = longestLine / 2;
/** Replaces omitted bytes, so that the two ends become separate segments. */
const gap = Buffer.from('…\r…');

const newline = 10;

/** Buffers a text until its lines are taken. Holds at most the two ends of a line. */
export class ByteLines {
  #bytes = Buffer.alloc(65_536);
  #length = 0;
  /** The offset of each complete line, and of the unfinished one. */
  #starts: number[] = [0];
  /** Whether the unfinished line has already lost its middle. */
  #cut = false;

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** The number of complete lines. */
  get count(): number {
    return this.#starts.length - 1;
  }

  /** Whether there is an unfinished line. */
  get hasRest(): boolean {
    return this.#length > this.#begin(this.count);
  }

  append(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Lines of a usual length are copied together.
    let put = 0;
    let begin = 0;
    let held = this.#length - this.#begin(this.count);
    for (let to = bytes.indexOf(newline); to !== -1; to = bytes.indexOf(newline, begin)) {
      if (held + to - begin > longestLine) {
        this.#put(bytes.subarray(put, begin));
        this.#add(bytes.subarray(begin, to));
        this.#finish();
        put = to + 1;
      } else this.#starts.push(this.#length + to + 1 - put);
      begin = to + 1;
      held = 0;
    }
    this.#put(bytes.subarray(put, begin));
    this.#add(bytes.subarray(begin));
  }

  /** Finishes the line that has no newline. */
  end(): void {
    if (this.hasRest) this.#finish();
  }

  /** The offsets of a line's beginning and of its newline. The unfinished line ends where the bytes end. */
  range(index: number): [from: number, to: number] {
    const to = index < this.count ? this.#begin(index + 1) - 1 : this.#length;
    return [this.#begin(index), to];
  }

  /** Drops the first lines. */
  drop(count: number): void {
    const at = this.#begin(count);
    this.#bytes.copyWithin(0, at, this.#length);
    this.#length -= at;
    this.#starts = this.#starts.slice(count).map((start) => start - at);
  }

  #begin(index: number): number {
    return this.#starts[index] ?? this.#length;
  }

  #finish(): void {
    this.#trim(longestLine);
    this.#cut = false;
    this.#put(Buffer.from('\n'));
    this.#starts.push(this.#length);
  }

  /** Adds to the unfinished line, and keeps only its ends if it is too long. */
  #add(bytes: Buffer): void {
    if (bytes.length > 2 * longestLine) {
      this.#add(bytes.subarray(0, longestLine));
      this.#trim(longestLine);
      if (this.#cut) {
        this.#put(bytes.subarray(-keptEnd));
        this.#trim(longestLine);
        return;
      }
      this.#add(bytes.subarray(longestLine));
      return;
    }
    this.#put(bytes);
    if (this.#length - this.#begin(this.count) > 2 * longestLine) this.#trim(longestLine);
  }

  /** Omits the middle of the unfinished line if it is longer than `longest`. */
  #trim(longest: number): void {
    const from = this.#begin(this.count);
    const length = this.#length - from - (this.#cut ? gap.length : 0);
    if (length <= longest && !(this.#cut && length > 2 * keptEnd)) return;
    const tail = Buffer.from(this.#bytes.subarray(this.#length - keptEnd, this.#length));
    this.#length = from + keptEnd;
    this.#put(gap);
    this.#put(tail);
    this.#cut = true;
  }

  #put(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const larger = Buffer.alloc(2 * (this.#length + bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }
}
