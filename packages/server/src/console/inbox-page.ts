import { pagePolicy } from './page-policy.ts'
import { PAGE_SCRIPT } from './page-script.ts'
import { PAGE_STYLE } from './page-style.ts'

/** The console's page: how to connect, and the login codes as they come. It uses nothing but the API, and no other host. */
export const INBOX_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Cablegram: login codes</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>Cablegram</h1><nav aria-label="Pages"><a href="/" aria-current="page">Codes</a> <a href="/people">People</a></nav><span id="state" role="status">connecting</span></header>
<form id="login" class="tools" hidden>
<label for="token">Console token</label>
<input id="token" type="password" autocomplete="off">
<button>Show</button>
</form>
<main>
<section aria-labelledby="connect">
<h2 id="connect">Connect a client</h2>
<dl id="server" class="rows"></dl>
</section>
<section id="refused" aria-labelledby="refusedHead" hidden>
<h2 id="refusedHead">Refused apps</h2>
<p class="about">The server refused these apps with API_ID_INVALID. To let an app in, type its command.</p>
<ul id="apps"></ul>
</section>
<section aria-labelledby="codesHead">
<div class="head">
<h2 id="codesHead">Login codes</h2>
<div class="tools">
<label for="search" class="sr">Search by number</label>
<input id="search" type="search" inputmode="tel" autocomplete="off" placeholder="Search by number">
<button id="clear" type="button" hidden>Clear list</button>
<button id="all" type="button" hidden></button>
</div>
</div>
<p id="clock" class="note" hidden></p>
<p id="empty" class="about" hidden></p>
<ul id="codes"></ul>
</section>
<section id="programs" aria-labelledby="programsHead" hidden>
<div class="head">
<h2 id="programsHead">A program that signs in</h2>
<div class="tools">
<label for="library" class="sr">Library</label>
<select id="library"></select>
<span id="copyProgram"></span>
</div>
</div>
<pre id="program" tabindex="0" aria-labelledby="programsHead"></pre>
</section>
</main>
<div id="said" class="sr" role="status"></div>
<footer>The HTTP API of this server: <a href="/openapi.json">/openapi.json</a>. Every method, type and error: <a href="/docs/">the reference</a></footer>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`

/** Allows the page its own script and style, and requests to this server; nothing else. */
export const INBOX_PAGE_CSP: string = pagePolicy(PAGE_SCRIPT, PAGE_STYLE)
