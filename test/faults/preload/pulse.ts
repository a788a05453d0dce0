// Preloaded into the real process: writes a line of memory and of how late its timers are, each second, to PULSE_FILE.
import { appendFileSync } from 'node:fs';

const EVERY_MS = 1_000;
const file = process.env['PULSE_FILE'] ?? '';
let expectedMs = performance.now() + EVERY_MS;

setInterval(() => {
  const nowMs = performance.now();
  const { rss, heapUsed } = process.memoryUsage();
  appendFileSync(
    file,
    `${JSON.stringify({ atMs: Math.round(nowMs), lateMs: Math.max(0, Math.round(nowMs - expectedMs)), rss, heapUsed })}\n`,
  );
  // A timer that came late starts the next one late; what counts is how long each second took.
  expectedMs = nowMs + EVERY_MS;
}, EVERY_MS).unref();
