/** The guest of {@link trialProgram} in A32: each instruction's word, then its text; comments begin with a semicolon. */
export const armProgram = `
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
           ; the driver is there and wants no features; queue 0 lies at r6
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
           ; tick: the timer comes in a millisecond
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
           ; answered: 64 times, then sleep for as many ticks as the sector says
e3001040   movw r1, #64
e1520001   cmp r2, r1
3affffe6   bcc request
e5971020   ldr r1, [r7, #32]
ee0e1f13   mcr p15, 0, r1, c14, c3, 0 (CNTV_TVAL)
           ; sleep; the last answer's interrupt may come only now, and nobody sleeps while it is pending
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
