import type { Weather, WeatherControl } from './types.ts';

type Queued = { readonly method: string; readonly weather: Weather; readonly channel: string | null; left: number };

/** Keeps the weather that was asked for; `take` gives what the next call of a method meets, and uses it up. */
export function createWeather(): WeatherControl & { take(method: string, channel: string | null): Weather | null } {
  let queue: Queued[] = [];
  return {
    next: (method, weather, only = {}) =>
      void queue.push({ method, weather, channel: only.channel ?? null, left: only.times ?? 1 }),
    always: (method, weather, only = {}) => void queue.push({ method, weather, channel: only.channel ?? null, left: Infinity }),
    clear: () => void (queue = []),
    take(method, channel) {
      const found = queue.find((one) => one.method === method && (one.channel === null || one.channel === channel));
      if (found === undefined) return null;
      found.left -= 1;
      if (found.left <= 0) queue = queue.filter((one) => one !== found);
      return found.weather;
    },
  };
}
