import { pagePolicy } from './page-policy.ts'
import { PAGE_STYLE } from './page-style.ts'
import { PEOPLE_SCRIPT } from './people-script.ts'
import { PEOPLE_STYLE } from './people-style.ts'

const STYLE = PAGE_STYLE + PEOPLE_STYLE

/** The console's page of people: act as somebody, without a client. It uses nothing but the API, and no other host. */
export const PEOPLE_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Cablegram: people</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Cablegram</h1><nav aria-label="Pages"><a href="/">Codes</a> <a href="/people" aria-current="page">People</a></nav><span id="state" role="status">connecting</span></header>
<form id="login" class="tools" hidden>
<label for="token">Console token</label>
<input id="token" type="password" autocomplete="off">
<button>Show</button>
</form>
<main class="columns">
<section aria-labelledby="peopleHead">
<h2 id="peopleHead">Act as</h2>
<p id="nobody" class="about" hidden>There is nobody yet. Make somebody below.</p>
<ul id="people" class="picks"></ul>
<form id="create" class="stack">
<label for="firstName">New person</label>
<input id="firstName" required maxlength="64" autocomplete="off" placeholder="First name">
<label for="username" class="sr">Username</label>
<input id="username" maxlength="33" autocomplete="off" placeholder="username, if any">
<label class="tick"><input id="isBot" type="checkbox"> a bot</label>
<button>Make</button>
</form>
</section>
<section id="chatsPart" aria-labelledby="chatsHead" hidden>
<h2 id="chatsHead">Chats</h2>
<p id="noChats" class="about" hidden>No chats yet. Write to somebody.</p>
<ul id="chats" class="picks"></ul>
<form id="open" class="stack">
<label for="to">Write to</label>
<input id="to" required maxlength="64" autocomplete="off" placeholder="@username, +phone or id">
<button>Open</button>
</form>
</section>
<section id="chatPart" aria-labelledby="chatHead" hidden>
<h2 id="chatHead"></h2>
<ol id="messages" tabindex="0" aria-labelledby="chatHead"></ol>
<form id="write" class="write">
<label for="text" class="sr">Message</label>
<textarea id="text" rows="2" required placeholder="Message"></textarea>
<button>Send</button>
</form>
</section>
</main>
<p id="said" class="note" role="status" hidden></p>
<footer>A program or a test does the same: <a href="/docs/guides/testing-a-bot">testing a bot</a>, <code>npx cablegram people --help</code></footer>
<script>${PEOPLE_SCRIPT}</script>
</body>
</html>
`

/** Allows the page its own script and style, and requests to this server; nothing else. */
export const PEOPLE_PAGE_CSP: string = pagePolicy(PEOPLE_SCRIPT, STYLE)
