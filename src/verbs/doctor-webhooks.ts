import { z } from 'zod';
import type { Settings } from '../config.ts';
import type { Finding } from '../ports/finding.ts';
import type { Store } from '../ports/store.ts';

const TIMEOUT_MS = 5_000;
const Health = z.object({ ok: z.literal(true) });

/** Whether a shop's webhooks can arrive: where they are served, under which address, and whether any order ever came. */
export async function webhookFindings(settings: Settings, store: Store): Promise<readonly Finding[]> {
  const { PORT, HOST, SHOWCALLER_PUBLIC_URL: publicUrl, SHOPIFY_WEBHOOK_SECRET, SHOWCALLER_INTAKE_SECRET } = settings;
  const teamIds = new Set([...SHOPIFY_WEBHOOK_SECRET.keys(), ...SHOWCALLER_INTAKE_SECRET.keys()]);
  if (teamIds.size === 0) {
    return [{ what: 'webhooks', fine: true, told: 'no shop is connected: docs/orders.md says how' }];
  }
  const findings: Finding[] = [];
  if (PORT === undefined)
    findings.push({ what: 'webhooks', fine: false, told: 'PORT is not set, so no shop can reach Showcaller' });
  else
    findings.push(
      await reached('webhooks here', `http://${HOST === '0.0.0.0' ? '127.0.0.1' : HOST}:${PORT}`, 'is npm start running?'),
    );
  if (publicUrl !== undefined) {
    findings.push(await reached('webhooks from outside', publicUrl, 'check the name, the proxy and its certificate'));
  } else {
    findings.push({
      what: 'webhooks from outside',
      fine: true,
      told: 'not tried: set SHOWCALLER_PUBLIC_URL to the address shops use',
    });
  }
  for (const teamId of [...teamIds].filter((id) => id !== '')) findings.push(await heard(store, teamId));
  return findings;
}

async function reached(what: string, url: string, advice: string): Promise<Finding> {
  try {
    const answer = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    const fine = answer.ok && Health.safeParse(await answer.json()).success;
    return { what, fine, told: fine ? `${url} answers` : `${url} answers, but not as Showcaller does: ${advice}` };
  } catch {
    return { what, fine: false, told: `${url} does not answer: ${advice}` };
  }
}

async function heard(store: Store, teamId: string): Promise<Finding> {
  const what = `${teamId} shop`;
  if (!(await store.teamIds()).includes(teamId)) {
    return { what, fine: false, told: `there is a secret for ${teamId}, and no team of that id: is it spelled as in the plan?` };
  }
  const lastMs = await store.team(teamId).orders.lastHeardMs();
  if (lastMs !== null) return { what, fine: true, told: `last order heard ${new Date(lastMs).toISOString()}` };
  return { what, fine: true, told: 'no order heard yet; a test order in the shop shows whether its webhooks arrive' };
}
