/**
 * Whether a console shows a first kernel that has not looked at its disks yet. virtio_blk says the size of each as it
 * finds it (`[vda] 262144 512-byte logical blocks`), and reads the partition table right after.
 */
export function isCommonGround(console: string): boolean {
  return !/\[vd[a-z]+\] \d+ \d+-byte logical blocks/.test(console);
}
