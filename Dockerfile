# The server of Cablegram. How to use it: site/guides/docker.md.
FROM node:24-slim AS build
WORKDIR /src
COPY . .
RUN npm run pack -- /packed

FROM node:24-slim
WORKDIR /app
COPY --from=build /packed /packed
# pg and @redis/client are for servers that share a database.
RUN npm install --no-audit --no-fund /packed/*.tgz pg@8 @redis/client@6 && npm cache clean --force
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 10443 10081
# No shell: the server is process 1, and a stop signal reaches it. It reads CABLEGRAM_CONSOLE_TOKEN.
ENTRYPOINT ["node", "--max-semi-space-size=8", "/app/node_modules/cablegram/bin/cablegram.js", "serve", "--host", "0.0.0.0", "--console-host", "0.0.0.0", "--data", "/data"]
CMD ["--inbox", "on"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:10081/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
