/** The guest of {@link trialProgram} in A64: each instruction's word, then its text; comments begin with a semicolon. */
export const aarch64Program = `
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
           ; the driver is there and wants no features; queue 0 lies at x22
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
           ; tick: the timer comes in a millisecond
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
           ; answered: 64 times, then sleep for as many ticks as the sector says
7101005f   cmp w2, #0x40
54fffd43   b.cc request
b94022e1   ldr w1, [x23, #32]
d51be301   msr cntv_tval_el0, x1
           ; sleep; the last answer's interrupt may come only now, and nobody sleeps while it is pending
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
