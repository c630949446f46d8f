# syntax=docker/dockerfile:1
FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The image brings the runtime; the pinned npm package `node` is for machines without it.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY config/schema.ts config/schema.ts
COPY services/contract services/contract
COPY dashboard dashboard
RUN node dashboard/build.ts && npm prune --omit=dev --ignore-scripts

FROM node:26-slim
ENV NODE_ENV=production DATA_DIR=/data CONFIG=/config HOME=/tmp
# glibc keeps what the database gives back, in as many arenas as there are threads.
ENV MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY config config
COPY services services
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 8080) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-old-space-size=1024", "--max-semi-space-size=8", "--no-allocation-site-pretenuring", "services/app/main.ts"]
