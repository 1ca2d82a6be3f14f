@rem npm start says `exec node …`, so that on other systems no shell stands between npm and the server to swallow signals.
@%*
