import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainPage } from './plain-page.ts'

const PAGE = `---
title: "auth.signIn"
---

# auth.signIn

Signs **in** with the [code](../types/string.md) that was sent; see [the site](https://example.org) for more words than fit.

\`\`\`ts
const user = await client.auth.signIn({ phoneNumber, phoneCodeHash, phoneCode })
\`\`\`

## Errors

| Error | Why | What to do |
|---|---|---|
| 400 [PHONE_CODE_INVALID](../errors/PHONE_CODE_INVALID.md) | The code is wrong: \`a\\|b\`. | – |

- one
- [two](two.md)
`

test('a page becomes plain text: wrapped, code as it is, tables as lists', () => {
  assert.equal(
    plainPage(PAGE, 50),
    `auth.signIn
===========

Signs in with the code that was sent; see the site
(https://example.org) for more words than fit.

    const user = await client.auth.signIn({ phoneNumber, phoneCodeHash, phoneCode })

Errors
------

400 PHONE_CODE_INVALID
    Why: The code is wrong: a|b.

- one
- two
`,
  )
})
