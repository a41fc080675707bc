/** A longer line keeps its two ends, as on a console. Bytes. */
const longestLine = 4096;
const keptEnd = longestLine / 2;
/** Where bytes are left out: the ends are shown apart. */
const gap = Buffer.from('…\r…');

const newline = 10;

/** Bytes of a text that are kept until their lines are taken. Holds no more of a line than its two ends. */
export class ByteLines {
  #bytes = Buffer.alloc(65_536);
  #length = 0;
  /** Where each complete line begins, and where the unfinished one does. */
  #starts: number[] = [0];
  /** The unfinished line has lost its middle already. */
  #cut = false;

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** How many lines are complete. */
  get count(): number {
    return this.#starts.length - 1;
  }

  /** Whether a line has been begun. */
  get hasRest(): boolean {
    return this.#length > this.#begin(this.count);
  }

  append(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Lines of a usual length are put in together.
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

  /** Where the line with that index begins, and where its newline is. The unfinished one ends where the bytes do. */
  range(index: number): [from: number, to: number] {
    const to = index < this.count ? this.#begin(index + 1) - 1 : this.#length;
    return [this.#begin(index), to];
  }

  /** Forgets the first lines. */
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

  /** Of a line without an end no more is kept than its ends need. */
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

  /** Leaves out the middle of the unfinished line if it is longer than that. */
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
