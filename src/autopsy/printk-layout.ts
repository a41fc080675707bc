import { Unreadable } from './unreadable.ts';
import type { Vmcoreinfo } from './vmcoreinfo.ts';

/** Where what is in the structures of a printk ring, as its kernel says. Bytes. */
export type RingLayout = {
  /** Of a machine word. */
  width: 4 | 8;
  /** `struct printk_ringbuffer`, with the members of the rings in it. */
  ring: {
    size: number;
    countBits: number;
    descs: number;
    infos: number;
    head: number;
    tail: number;
    textBits: number;
    text: number;
  };
  desc: { size: number; state: number; begin: number; next: number };
  info: { size: number; time: number; length: number };
};

/** Structures are smaller by far: `printk_ringbuffer` has some hundred bytes, the others less. Bytes. */
const most = { printk_ringbuffer: 4096, prb_desc: 256, printk_info: 256 };

/**
 * The layout of a kernel's printk ring.
 * @throws Unreadable where the kernel does not describe it, or describes what cannot be
 */
export function ringLayoutOf({ offsets, sizes, numbers }: Vmcoreinfo): RingLayout {
  const size = (name: keyof typeof most): number => {
    const value = sizes.get(name);
    if (value === undefined) throw new Unreadable(`SIZE(${name}) is missing`);
    if (value === 0 || value > most[name]) throw new Unreadable(`SIZE(${name}) is ${value}`);
    return value;
  };
  const offset = (name: string): number => {
    const value = offsets.get(name);
    if (value === undefined) throw new Unreadable(`OFFSET(${name}) is missing`);
    if (value >= most.printk_ringbuffer) throw new Unreadable(`OFFSET(${name}) is ${value}`);
    return value;
  };
  const width = sizes.get('atomic_long_t') ?? (numbers.has('VA_BITS') ? 8 : 4);
  if (width !== 4 && width !== 8) throw new Unreadable(`SIZE(atomic_long_t) is ${width}`);
  const counter = offset('atomic_long_t.counter');
  const descs = offset('printk_ringbuffer.desc_ring');
  const texts = offset('printk_ringbuffer.text_data_ring');
  const place = offset('prb_desc.text_blk_lpos');
  return {
    width,
    ring: {
      size: size('printk_ringbuffer'),
      countBits: descs + offset('prb_desc_ring.count_bits'),
      descs: descs + offset('prb_desc_ring.descs'),
      infos: descs + offset('prb_desc_ring.infos'),
      head: descs + offset('prb_desc_ring.head_id') + counter,
      tail: descs + offset('prb_desc_ring.tail_id') + counter,
      textBits: texts + offset('prb_data_ring.size_bits'),
      text: texts + offset('prb_data_ring.data'),
    },
    desc: {
      size: size('prb_desc'),
      state: offset('prb_desc.state_var') + counter,
      begin: place + offset('prb_data_blk_lpos.begin'),
      next: place + offset('prb_data_blk_lpos.next'),
    },
    info: {
      size: size('printk_info'),
      time: offset('printk_info.ts_nsec'),
      length: offset('printk_info.text_len'),
    },
  };
}
