# Runs the sources as they are: Node 24 strips the types, so there is no build step.
FROM node:24-slim

WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY src ./src
COPY commands ./commands
COPY migrations ./migrations
COPY examples ./examples
# Compiled once, for every start: the container's own user may read that folder and not write it.
RUN node src/main.ts --help > /dev/null

# The database, its lock and its backups live here: mount a volume.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENV DATABASE_URL=file:/data/showcaller.db HOST=0.0.0.0 PORT=8080
EXPOSE 8080
CMD ["node", "src/main.ts"]
