/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/watch.test.ts > TAP > as Markdown > must match snapshot 1`] = `
# Kernels of the archive

3 new pairs: 1 broke, 1 works again, 1 came up. 1 pair failed earlier, and nothing newer was booted. 1 pair without a result. 1 suite could not be asked.

## New

- ✗ aarch64: bookworm 6.1.176-1 (cloud-arm64) → sid 7.2.13-1 (cloud-arm64): **bye-hang in generation 1**. It broke: 7.2.12-1 came up.
- ✓ aarch64: bookworm 6.1.176-1 (cloud-arm64) → trixie 6.12.117-1 (cloud-arm64): **booted, 3.26 s**. It works again: 6.12.116-1 failed.
- ✓ aarch64: bookworm 6.1.176-1 (cloud-arm64) → bookworm 6.1.177-1 (cloud-arm64): **booted**. It works; no earlier version was booted.

## Failed earlier

- ✗ scaleway-c1, with the option that helps: bookworm 6.1.176-1 (cloud-arm64) → experimental 7.3~rc2-1 (cloud-arm64): **kernel-panic in generation 2**

## Not asked

- trixie-backports for arm: \`its index is damaged\`

## All pairs

### aarch64

| second kernel | after bookworm 6.1.176-1 (cloud-arm64) |
| --- | --- |
| bookworm 6.1.177-1 (cloud-arm64) | booted |
| sid 7.2.12-1 (cloud-arm64) | booted, 3.26 s |
| sid 7.2.13-1 (cloud-arm64) | **bye-hang in generation 1** |
| trixie 6.12.116-1 (cloud-arm64) | **bye-hang in generation 1** |
| trixie 6.12.117-1 (cloud-arm64) | booted, 3.26 s |

#### bye-hang in generation 1

- bookworm 6.1.176-1 (cloud-arm64) → sid 7.2.13-1 (cloud-arm64)
- bookworm 6.1.176-1 (cloud-arm64) → trixie 6.12.116-1 (cloud-arm64)

\`\`\`\`text
The second kernel never spoke.
[   12.345678] Bye!
\`\`\`\`

### scaleway-c1, with the option that helps

| second kernel | after bookworm 6.1.176-1 (cloud-arm64) |
| --- | --- |
| experimental 7.3~rc2-1 (cloud-arm64) | **kernel-panic in generation 2** |

#### kernel-panic in generation 2

- bookworm 6.1.176-1 (cloud-arm64) → experimental 7.3~rc2-1 (cloud-arm64)

\`\`\`\`text
The kernel panicked.
\`\`\`\`

`

exports[`test/report/watch.test.ts > TAP > on a terminal > must match snapshot 1`] = `
3 new pairs: 1 broke, 1 works again, 1 came up. 1 pair failed earlier, and
  nothing newer was booted. 1 pair without a result. 1 suite could not be asked.

✗ aarch64: bookworm 6.1.176-1 (cloud-arm64) → sid 7.2.13-1 (cloud-arm64)
    result   bye-hang in generation 1; it broke: 7.2.12-1 came up
    means    The second kernel never spoke.
    because  [   12.345678] Bye!
    record   runs/one/aarch64/a

✓ aarch64: bookworm 6.1.176-1 (cloud-arm64) → trixie 6.12.117-1 (cloud-arm64)
    booted, 3.26 s  works again: 6.12.116-1 failed
✓ aarch64: bookworm 6.1.176-1 (cloud-arm64) → bookworm 6.1.177-1 (cloud-arm64)
    booted

  Failed earlier
  scaleway-c1, with the option that helps
    bookworm 6.1.176-1 (cloud-arm64) → experimental 7.3~rc2-1 (cloud-arm64)
    kernel-panic in generation 2

  Not asked
  trixie-backports for arm: its index is damaged

`
