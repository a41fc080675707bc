/** The memory of a loaded kernel as rows: addresses, sizes and a picture to scale. */
import type { MemoryMap } from '../model/boot.ts';
import type { Style } from './style.ts';

type Region = MemoryMap['regions'][number];

/** Columns of the picture. */
const width = 20;

const fill: Record<Region['when'], string> = { loaded: '█', unpacking: '▒', running: '░' };
const legend = `${fill.loaded} loaded by kexec  ${fill.unpacking} while it unpacks itself  ${fill.running} when it runs`;

/** Each map with its overlaps, which come first in each. */
export function memoryRows(maps: readonly MemoryMap[], style: Style): string[] {
  return maps.flatMap((map) => {
    const { line, overlaps, unknown, regions } = map;
    const verdict =
      overlaps.length > 0
        ? overlaps.map((overlap) => style.red(overlapText(overlap)))
        : [`No part overwrites another${line === null ? '' : ', by what the log tells'}.`];
    return [
      '',
      style.bold(line === null ? 'Memory of the load' : `Memory of the load (line ${line})`),
      ...[...verdict, ...unknown].flatMap((text) => style.wrap(`  ${text}`, 2)),
      '',
      ...style.table(
        regions.map((region) => row(region, regions)),
        2,
      ),
      ...style.wrap(`  ${style.dim(legend)}`, 2),
    ];
  });
}

function overlapText({ by, what, start, end, only }: MemoryMap['overlaps'][number]): string {
  const condition = only === '' ? '' : `, ${only}`;
  return `The ${by} overwrites ${sizeOf(end - start)} of the ${what} (${hex(start)} to ${hex(end)})${condition}.`;
}

function row({ start, end, name, when }: Region, all: readonly Region[]): string[] {
  return [hex(start), hex(end), sizeOf(end - start), bar({ start, end, when }, all), name];
}

/** At least one column wide, so that a small part is seen. */
function bar({ start, end, when }: Omit<Region, 'name'>, all: readonly Region[]): string {
  const first = Math.min(...all.map((region) => region.start));
  const last = Math.max(...all.map((region) => region.end));
  const column = (address: number) => ((address - first) / (last - first)) * width;
  const from = Math.min(width - 1, Math.floor(column(start)));
  const to = Math.max(from + 1, Math.ceil(column(end)));
  return `${'·'.repeat(from)}${fill[when].repeat(to - from)}${'·'.repeat(width - to)}`;
}

function hex(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}

function sizeOf(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
