/** One look at the machine's CPUs while the console is silent. Taken by src/qemu, judged here in src/boot. */
export type CpuSample = {
  /** Host milliseconds since power-on, from a monotonic clock. */
  at: number;
  /** Program counter per vCPU, as QEMU reports it. */
  pcs: bigint[];
  /** Stands for all registers of all vCPUs: equal where they are equal. Code that works on something changes them. */
  registers: string;
  /** Host CPU time the vCPU threads have used since power-on, in milliseconds. */
  cpuMs: number;
  /**
   * Whether every vCPU thread slept at this moment. The accounts below stand still, too, while the hypervisor has taken
   * the host's own CPU away: only this tells such a guest from a halted one.
   */
  asleep: boolean;
  /**
   * How long those threads have wanted a CPU since power-on, whether they got it or had to wait for the host to give
   * them one, in milliseconds: this alone tells a halted guest from one that a busy host starves.
   */
  runnableMs: number;
  /** The guest's clock, in seconds from an arbitrary start. */
  guestSeconds: number;
  /**
   * Guest seconds spent on executing instructions, where they are counted (null elsewhere). What is missing to the
   * guest's clock was skipped because every CPU was idle, however busy the skipping kept the host.
   */
  executedSeconds: number | null;
};
