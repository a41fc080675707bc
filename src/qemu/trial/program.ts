import type { Arch } from '../../arch.ts';

/** Ticks per guest second of the timer on QEMU's `virt` machines (CNTFRQ: 62.5 MHz). */
const ticksPerSecond = 62_500_000;

/**
 * The smallest guest that does what a kernel does when it scans a disk for partitions: it reads repeatedly from a virtio
 * disk, sleeps until the disk or a timer interrupts it, and always has a timer running. Then it sleeps for the time stored on
 * the disk, and switches the machine off. It needs no kernel or firmware, and is given as machine code, because the host may
 * not have an assembler. QEMU loads it like a kernel (`-kernel`).
 *
 * It drives a virtio-blk-pci device in slot 1 through the registers of virtio 0.9.5 ("legacy"), and requires
 * `-machine virt,highmem=off,gic-version=2`, one CPU, and 64 MiB of memory.
 */
export function trialProgram(arch: Arch): Buffer {
  const words = [
    ...(arch === 'arm' ? armProgram : aarch64Program).matchAll(/^([0-9a-f]{8}) /gm),
  ].map(([, word = '']) => word);
  // Instructions are little-endian.
  return Buffer.concat(words.map((word) => Buffer.from(word, 'hex').reverse()));
}

/** Its disk, which contains the number of guest seconds to sleep at the end (34 at most). */
export function trialDisk(seconds: number): Buffer {
  const disk = Buffer.alloc(64 * 1024);
  disk.writeUInt32LE(seconds * ticksPerSecond);
  return disk;
}

/** The guest of {@link trialProgram} in A64: each instruction's word, then its text; comments begin with a semicolon. */
const aarch64Program = `
           ; x20: PCI configuration of slot 1; x21: its registers, at I/O port 0x1000
d2a7e014   mov x20, #0x3f000000
91402294   add x20, x20, #0x8, lsl #12
d2a7c015   mov x21, #0x3e000000
f2a7dff5   movk x21, #0x3eff, lsl #16
914006b5   add x21, x21, #0x1, lsl #12
           ; x22: memory for the queue; x23: header, status and data of a request
d2a80416   mov x22, #0x40200000
914042d7   add x23, x22, #0x10, lsl #12
           ; x24, x25: the interrupt controller, its distributor and its CPU interface
d2a10018   mov x24, #0x08000000
91404319   add x25, x24, #0x10, lsl #12
           ; interrupts 27 (timer) and 36 (slot 1) reach the CPU
52800021   mov w1, #0x1
b9000301   str w1, [x24]
52a10001   mov w1, #0x08000000
b9010301   str w1, [x24, #256]
52800201   mov w1, #0x10
b9010701   str w1, [x24, #260]
52801fe1   mov w1, #0xff
b9000721   str w1, [x25, #4]
52800021   mov w1, #0x1
b9000321   str w1, [x25]
           ; the device: I/O port 0x1000; I/O and bus mastering on
52820001   mov w1, #0x1000
b9001281   str w1, [x20, #16]
528000a1   mov w1, #0x5
79000a81   strh w1, [x20, #4]
           ; the driver is present and requests no features; queue 0 is at x22
52800061   mov w1, #0x3
39004aa1   strb w1, [x21, #18]
b90006bf   str wzr, [x21, #4]
79001ebf   strh wzr, [x21, #14]
79401aba   ldrh w26, [x21, #12]
d34cfec1   lsr x1, x22, #12
b9000aa1   str w1, [x21, #8]
528000e1   mov w1, #0x7
39004aa1   strb w1, [x21, #18]
           ; x27: available ring; x28: used ring
8b1a12db   add x27, x22, x26, lsl #4
8b1a077c   add x28, x27, x26, lsl #1
9140079c   add x28, x28, #0x1, lsl #12
9100179c   add x28, x28, #0x5
9274cf9c   and x28, x28, #0xfffffffffffff000
           ; descriptors: header (16 bytes), data (512 bytes, written), status (1 byte, written)
f90002d7   str x23, [x22]
52800201   mov w1, #0x10
b9000ac1   str w1, [x22, #8]
52800021   mov w1, #0x1
72a00021   movk w1, #0x1, lsl #16
b9000ec1   str w1, [x22, #12]
910082e1   add x1, x23, #0x20
f9000ac1   str x1, [x22, #16]
52804001   mov w1, #0x200
b9001ac1   str w1, [x22, #24]
52800061   mov w1, #0x3
72a00041   movk w1, #0x2, lsl #16
b9001ec1   str w1, [x22, #28]
910042e1   add x1, x23, #0x10
f90012c1   str x1, [x22, #32]
52800021   mov w1, #0x1
b9002ac1   str w1, [x22, #40]
52800041   mov w1, #0x2
b9002ec1   str w1, [x22, #44]
           ; w2: how many requests were made
52800002   mov w2, #0x0
           ; request: read sector 0, and tell the device
51000741   sub w1, w26, #0x1
0a020021   and w1, w1, w2
8b214761   add x1, x27, w1, uxtw #1
7900083f   strh wzr, [x1, #4]
11000442   add w2, w2, #0x1
d5033fbf   dmb sy
79000762   strh w2, [x27, #2]
d5033fbf   dmb sy
790022bf   strh wzr, [x21, #16]
           ; tick: the timer interrupts in a millisecond
529e8481   mov w1, #0xf424
d51be301   msr cntv_tval_el0, x1
52800021   mov w1, #0x1
d51be321   msr cntv_ctl_el0, x1
           ; wait: for the timer or the device; reading the interrupt status clears it
d503207f   wfi
39404ea1   ldrb w1, [x21, #19]
79400781   ldrh w1, [x28, #2]
6b02003f   cmp w1, w2
54000080   b.eq answered
d53be321   mrs x1, cntv_ctl_el0
3617ff41   tbz w1, #2, wait
17fffff5   b tick
           ; answered: 64 times, then sleep for the number of ticks in the sector
7101005f   cmp w2, #0x40
54fffd43   b.cc request
b94022e1   ldr w1, [x23, #32]
d51be301   msr cntv_tval_el0, x1
           ; sleep; the interrupt of the last answer may still be pending and would end wfi at once
d503207f   wfi
39404ea1   ldrb w1, [x21, #19]
d53be321   mrs x1, cntv_ctl_el0
3617ffa1   tbz w1, #2, sleep
           ; switch off (PSCI)
52b08000   mov w0, #0x84000000
11002000   add w0, w0, #0x8
d4000002   hvc #0x0
14000000   b .
`;

/** The guest of {@link trialProgram} in A32: each instruction's word, then its text; comments begin with a semicolon. */
const armProgram = `
           ; r4: PCI configuration of slot 1; r5: its registers, at I/O port 0x1000
e3084000   movw r4, #32768
e3434f00   movt r4, #16128
e3015000   movw r5, #4096
e3435eff   movt r5, #16127
           ; r6: memory for the queue; r7: header, status and data of a request
e3006000   movw r6, #0
e3446020   movt r6, #16416
e2867801   add r7, r6, #65536
           ; r8, r9: the interrupt controller, its distributor and its CPU interface
e3a08302   mov r8, #134217728
e2889801   add r9, r8, #65536
           ; interrupts 27 (timer) and 36 (slot 1) reach the CPU
e3a01001   mov r1, #1
e5881000   str r1, [r8]
e3a01302   mov r1, #134217728
e5881100   str r1, [r8, #256]
e3a01010   mov r1, #16
e5881104   str r1, [r8, #260]
e3a010ff   mov r1, #255
e5891004   str r1, [r9, #4]
e3a01001   mov r1, #1
e5891000   str r1, [r9]
           ; the device: I/O port 0x1000; I/O and bus mastering on
e3a01a01   mov r1, #4096
e5841010   str r1, [r4, #16]
e3a01005   mov r1, #5
e1c410b4   strh r1, [r4, #4]
           ; the driver is present and requests no features; queue 0 is at r6
e3a01003   mov r1, #3
e5c51012   strb r1, [r5, #18]
e3a00000   mov r0, #0
e5850004   str r0, [r5, #4]
e1c500be   strh r0, [r5, #14]
e1d5a0bc   ldrh sl, [r5, #12]
e1a01626   lsr r1, r6, #12
e5851008   str r1, [r5, #8]
e3a01007   mov r1, #7
e5c51012   strb r1, [r5, #18]
           ; r11: available ring; r12: used ring
e086b20a   add fp, r6, sl, lsl #4
e08bc08a   add ip, fp, sl, lsl #1
e28cca01   add ip, ip, #4096
e28cc005   add ip, ip, #5
e7cbc01f   bfc ip, #0, #12
           ; descriptors: header (16 bytes), data (512 bytes, written), status (1 byte, written)
e5867000   str r7, [r6]
e3a01010   mov r1, #16
e5861008   str r1, [r6, #8]
e3001001   movw r1, #1
e3401001   movt r1, #1
e586100c   str r1, [r6, #12]
e2871020   add r1, r7, #32
e5861010   str r1, [r6, #16]
e3a01c02   mov r1, #512
e5861018   str r1, [r6, #24]
e3001003   movw r1, #3
e3401002   movt r1, #2
e586101c   str r1, [r6, #28]
e2871010   add r1, r7, #16
e5861020   str r1, [r6, #32]
e3a01001   mov r1, #1
e5861028   str r1, [r6, #40]
e3a01002   mov r1, #2
e586102c   str r1, [r6, #44]
           ; r2: how many requests were made
e3a02000   mov r2, #0
           ; request: read sector 0, and tell the device
e24a1001   sub r1, sl, #1
e0011002   and r1, r1, r2
e08b1081   add r1, fp, r1, lsl #1
e1c100b4   strh r0, [r1, #4]
e2822001   add r2, r2, #1
f57ff05f   dmb sy
e1cb20b2   strh r2, [fp, #2]
f57ff05f   dmb sy
e1c501b0   strh r0, [r5, #16]
           ; tick: the timer interrupts in a millisecond
e30f1424   movw r1, #62500
ee0e1f13   mcr p15, 0, r1, c14, c3, 0 (CNTV_TVAL)
e3a01001   mov r1, #1
ee0e1f33   mcr p15, 0, r1, c14, c3, 1 (CNTV_CTL)
           ; wait: for the timer or the device; reading the interrupt status clears it
e320f003   wfi
e5d51013   ldrb r1, [r5, #19]
e1dc10b2   ldrh r1, [ip, #2]
e1510002   cmp r1, r2
0a000003   beq answered
ee1e1f33   mrc p15, 0, r1, c14, c3, 1 (CNTV_CTL)
e3110004   tst r1, #4
0afffff7   beq wait
eafffff2   b tick
           ; answered: 64 times, then sleep for the number of ticks in the sector
e3001040   movw r1, #64
e1520001   cmp r2, r1
3affffe6   bcc request
e5971020   ldr r1, [r7, #32]
ee0e1f13   mcr p15, 0, r1, c14, c3, 0 (CNTV_TVAL)
           ; sleep; the interrupt of the last answer may still be pending and would end wfi at once
e320f003   wfi
e5d51013   ldrb r1, [r5, #19]
ee1e1f33   mrc p15, 0, r1, c14, c3, 1 (CNTV_CTL)
e3110004   tst r1, #4
0afffffa   beq sleep
           ; switch off (PSCI)
e3000008   movw r0, #8
e3480400   movt r0, #33792
e1400070   hvc #0
eafffffe   b .
`;
