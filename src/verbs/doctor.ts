import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Settings } from '../config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Finding } from '../ports/finding.ts';
import type { TeamStore } from '../ports/store.ts';
import type { Engine } from '../store/engine/engine.ts';
import { checkLedger } from '../store/stock/ledger-check.ts';
import { channelWords } from '../words/channel.ts';
import type { Database, Opened } from './database.ts';
import { platformFindings } from './doctor-platforms.ts';
import { webhookFindings } from './doctor-webhooks.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const SPACE_MIN_BYTES = 500 * 1024 * 1024;
const NODE_MIN = 24;

/** `doctor`: looks at everything Showcaller stands on. Changes nothing; exits 1 when something needs a hand. */
export async function doctor(
  { database, engine, store, settings, clock }: Opened & { readonly settings: Settings; readonly clock: Clock },
  { write, warn }: Terminal,
): Promise<ExitCode> {
  const findings = [node(), timeZones(), ...space(database)];
  const teamIds = await store.teamIds();
  findings.push({
    what: 'teams',
    fine: teamIds.length > 0,
    told: teamIds.length > 0 ? teamIds.join(', ') : 'none yet: npm start -- import examples/hoodie-run.yaml',
  });
  for (const teamId of teamIds) findings.push(...(await teamFindings(engine, store.team(teamId), clock.now())));
  findings.push(...(await webhookFindings(settings, store)));
  warn('Looking at the platforms …');
  findings.push(...(await platformFindings({ settings, store, clock })));
  for (const { what, fine, told } of findings) write(`${fine ? '✓' : '✗ NEEDS A HAND'} ${what}: ${told}`);
  const wrong = findings.filter(({ fine }) => !fine).length;
  write(wrong === 0 ? 'All is well.' : `${wrong} of ${findings.length} need a hand.`);
  return wrong === 0 ? 0 : 1;
}

function node(): Finding {
  const fine = Number(process.versions.node.split('.')[0]) >= NODE_MIN;
  const told = fine
    ? process.versions.node
    : `${process.versions.node} is too old: start with npm start, which brings Node ${NODE_MIN}`;
  return { what: 'Node', fine, told };
}

function timeZones(): Finding {
  return { what: 'time zone data', fine: true, told: `IANA ${process.versions['tz'] ?? 'unknown'}` };
}

function space(database: Database): readonly Finding[] {
  if (database.kind === 'postgres') return [];
  const { bavail, bsize } = statfsSync(dirname(database.file));
  const freeMiB = Math.floor((bavail * bsize) / 1024 / 1024);
  const fine = bavail * bsize >= SPACE_MIN_BYTES;
  const told = `${freeMiB.toLocaleString('en')} MiB free beside ${database.file}`;
  return [{ what: 'disk', fine, told: fine ? told : `${told}: make room, orders are refused when it is full` }];
}

async function teamFindings(engine: Engine, team: TeamStore, nowMs: number): Promise<readonly Finding[]> {
  const about = (what: string) => `${team.teamId} ${what}`;
  const chain = await team.audit.verify();
  const drifts = await checkLedger(engine, team.teamId);
  const { destinations } = await team.team.view();
  const unbound = (['team', 'alerts', 'host', 'community'] as const).filter(
    (purpose) => !destinations.some(({ purposes }) => purposes.includes(purpose)),
  );
  const posts = await team.posts.health(nowMs);
  const aside = await team.orders.setAside();
  return [
    {
      what: about('audit'),
      fine: chain.kind === 'intact',
      told:
        chain.kind === 'intact'
          ? `${chain.entryCount} entries, chain intact`
          : `broken at entry ${chain.seq}: keep this file and ask who changed it`,
    },
    {
      what: about('stock'),
      fine: drifts.length === 0,
      told:
        drifts.length === 0
          ? 'levels equal the ledger'
          : `differs from the ledger: ${drifts.map(({ sku }) => sku).join(', ')}. This is a bug; please report it`,
    },
    {
      what: about('channels'),
      fine: unbound.length === 0,
      told:
        unbound.length === 0
          ? `${destinations.length} bound`
          : `nothing bound for ${unbound.join(', ')}: add them under channels in the plan`,
    },
    {
      what: about('posts'),
      fine: posts.dead.length === 0,
      told:
        posts.dead.length === 0
          ? `${posts.waitingCount} waiting`
          : posts.dead.map(({ where, reason }) => `${channelWords(where)}: ${reason}`).join('; '),
    },
    {
      what: about('orders'),
      fine: aside.length === 0,
      told:
        aside.length === 0
          ? 'none set aside'
          : `set aside: ${aside.map(({ source, externalId, why }) => `${source} ${externalId} (${why})`).join('; ')}`,
    },
  ];
}
