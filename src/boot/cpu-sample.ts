/** One look at the machine's CPUs while the console is silent. Taken by src/qemu, judged here in src/boot. */
export type CpuSample = {
  /** Host milliseconds since power-on, from a monotonic clock. */
  at: number;
  /** Program counter per vCPU, as QEMU reports it. */
  pcs: bigint[];
  /** Host CPU time the vCPU threads have used since power-on, in milliseconds. */
  cpuMs: number;
};
