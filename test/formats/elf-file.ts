/** A tiny ELF file with a loader and needed libraries, in both widths; layout as in elf(5). */
export function elfFile(wide: boolean, interpreter: string, libraries: string[]): Buffer {
  const [headerSize, segmentSize, width] = wide ? [64, 56, 8] : [52, 32, 4];
  const address = 0x10000;
  const strings = `\0${[interpreter, ...libraries].join('\0')}\0`;
  const stringsAt = headerSize + 3 * segmentSize;
  const dynamicAt = stringsAt + Math.ceil(strings.length / 8) * 8;
  const dynamic = [
    ...libraries.map((name) => [1, strings.indexOf(`\0${name}\0`) + 1]),
    [5, address + stringsAt],
    [0, 0],
  ].flat();
  const file = Buffer.alloc(dynamicAt + dynamic.length * width);
  const word = (offset: number, value: number) =>
    wide ? file.writeBigUInt64LE(BigInt(value), offset) : file.writeUInt32LE(value, offset);

  file.write('\x7fELF', 'latin1');
  file.writeUInt8(wide ? 2 : 1, 4);
  file.writeUInt8(1, 5);
  word(wide ? 32 : 28, headerSize);
  file.writeUInt16LE(segmentSize, wide ? 54 : 42);
  file.writeUInt16LE(3, wide ? 56 : 44);
  const segments = [
    { type: 1, offset: 0, size: file.length },
    { type: 3, offset: stringsAt + 1, size: interpreter.length + 1 },
    { type: 2, offset: dynamicAt, size: dynamic.length * width },
  ];
  for (const [index, { type, offset, size }] of segments.entries()) {
    const at = headerSize + index * segmentSize;
    file.writeUInt32LE(type, at);
    word(at + (wide ? 8 : 4), offset);
    word(at + (wide ? 16 : 8), address + offset);
    word(at + (wide ? 32 : 16), size);
  }
  file.write(strings, stringsAt, 'latin1');
  dynamic.forEach((value, index) => word(dynamicAt + index * width, value));
  return file;
}
