/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/pairs.test.ts > TAP > the table as Markdown > must match snapshot 1`] = `
### aarch64, the provider's kexec-tools

2 of 4 pairs came up, 1 failed, 1 without a result. The number is the guest time of the second kernel, in seconds.

| first kernel | a | b |
| --- | --- | --- |
| \`6.1.0-50-arm64\` | ✓ 1.8 | ✓ 1.8 |
| \`7.2-arm64\` | ✗ bye-hang | ? |

- **a**: \`6.1.0-50-arm64\`
- **b**: \`7.2-arm64\`

#### bye-hang in generation 1: 1 pair

- 7.2-arm64 → 6.1.0-50-arm64

\`\`\`\`text
The second kernel never spoke.
Bye!
Load it with --no-checks.
\`\`\`\`

`

exports[`test/report/pairs.test.ts > TAP > the table on a terminal > must match snapshot 1`] = `
aarch64, the provider's kexec-tools
  row: first kernel; column: the kernel that it starts

                  a b
  6.1.0-50-arm64  ✓ ✓
  7.2-arm64       ✗ ?

   a  6.1.0-50-arm64
   b  7.2-arm64

✗ bye-hang in generation 1: 1 pair
    pairs    7.2-arm64 → 6.1.0-50-arm64
    means    The second kernel never spoke.
    because  Bye!
    cure     Load it with --no-checks.
    record   runs/one/aarch64/a-to-b

2 of 4 pairs came up, 1 failed, 1 without a result

`
