import { defineCommand } from '../src/ports/command.ts';
import { health } from '../src/words/health.ts';

export const showcallerHealth = defineCommand({
  name: 'showcaller health',
  summary: 'How Showcaller itself is doing',
  may: 'health.see',
  options: {},
  async run(_input, { store, nowMs, reach }) {
    const [posts, lastHeardMs, setAside, unknownSkus, drifts, audit] = await Promise.all([
      store.posts.health(nowMs),
      store.orders.lastHeardMs(),
      store.orders.setAside(),
      store.orders.unknownSkus(),
      store.counts.lines({ nowMs, driftingOnly: true }),
      store.audit.verify(),
    ]);
    const zoneData = process.versions.tz ?? 'unknown';
    return health({ nowMs, posts, lastHeardMs, setAside, unknownSkus, drifts, audit, zoneData, reach });
  },
});
