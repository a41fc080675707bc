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

| machine | first kernel | second kernel | result |
| --- | --- | --- | --- |
| aarch64 | bookworm 6.1.176-1 (cloud-arm64) | bookworm 6.1.177-1 (cloud-arm64) | booted |
| aarch64 | bookworm 6.1.176-1 (cloud-arm64) | sid 7.2.12-1 (cloud-arm64) | booted, 3.26 s |
| aarch64 | bookworm 6.1.176-1 (cloud-arm64) | sid 7.2.13-1 (cloud-arm64) | **bye-hang in generation 1** |
| aarch64 | bookworm 6.1.176-1 (cloud-arm64) | trixie 6.12.116-1 (cloud-arm64) | **bye-hang in generation 1** |
| aarch64 | bookworm 6.1.176-1 (cloud-arm64) | trixie 6.12.117-1 (cloud-arm64) | booted, 3.26 s |
| scaleway-c1, with the option that helps | bookworm 6.1.176-1 (cloud-arm64) | experimental 7.3~rc2-1 (cloud-arm64) | **kernel-panic in generation 2** |

`

exports[`test/report/watch.test.ts > TAP > on a terminal > must match snapshot 1`] = `
3 new pairs: 1 broke, 1 works again, 1 came up. 1 pair failed earlier, and
  nothing newer was booted. 1 pair without a result. 1 suite could not be asked.

✗ aarch64: bookworm 6.1.176-1 (cloud-arm64) → sid 7.2.13-1 (cloud-arm64)
    result   bye-hang in generation 1; it broke: 7.2.12-1 came up
    means    The second kernel never spoke.
    because  [   12.345678] Bye!

✓ aarch64: bookworm 6.1.176-1 (cloud-arm64) → trixie 6.12.117-1 (cloud-arm64)
    result  booted, 3.26 s; it works again: 6.12.116-1 failed

✓ aarch64: bookworm 6.1.176-1 (cloud-arm64) → bookworm 6.1.177-1 (cloud-arm64)
    result  booted; it works; no earlier version was booted

  Failed earlier
  scaleway-c1, with the option that helps
    bookworm 6.1.176-1 (cloud-arm64) → experimental 7.3~rc2-1 (cloud-arm64)
    kernel-panic in generation 2

  Not asked
  trixie-backports for arm: its index is damaged

`
