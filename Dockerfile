# Stages: `server` (what production runs; also the default), `demo` (the server with the
# demonstration catalogue), `sandbox` (WeCom and WeChat, never in production), `build` (everything,
# for the operator's commands). compose.yaml puts them together.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN npm run build
RUN mkdir -p /data && chown node:node /data

# The packages that the server needs at run time: no build tools, no libraries of the apps.
FROM node:20-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM build AS sandbox
ENV SANDBOX_HOST=0.0.0.0 SANDBOX_MINIPROGRAM=dist/build/mp-weixin
USER node
EXPOSE 3100 3101
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "scripts/healthy.mjs", "http://127.0.0.1:3100/_sandbox/credentials"]
CMD ["node", "--enable-source-maps", "dist/sandbox/main.js"]

FROM node:20-bookworm-slim AS production
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY scripts/healthy.mjs scripts/healthy.mjs
# The bundle looks for these files where their sources lie.
COPY server/base/db/migrations server/base/db/migrations
COPY server/materials/document server/materials/document
COPY --from=build /app/dist/server dist/server
COPY --from=build /app/dist/sidebar dist/sidebar
COPY --from=build /app/dist/build/h5 dist/build/h5
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "scripts/healthy.mjs"]
CMD ["node", "--enable-source-maps", "dist/server/main.mjs"]

FROM production AS demo
COPY server/seed/assets server/seed/assets

FROM production AS server
