import { bootPglite, temporarySqlite } from '../support/engines.ts';
import { SERVER_URL, temporaryPostgres } from '../support/real-postgres.ts';
import { storeContract } from './contract.ts';
import { alertClockRules } from './rules/alert-clock.ts';
import { alertPeopleRules } from './rules/alert-people.ts';
import { alertRules } from './rules/alerts.ts';
import { announcementRules } from './rules/announcements.ts';
import { countRules } from './rules/counts.ts';
import { courierRules } from './rules/courier.ts';
import { dropRules } from './rules/drops.ts';
import { eraseRules } from './rules/erase.ts';
import { linkRules } from './rules/links.ts';
import { policyRules } from './rules/policy.ts';
import { teamRules } from './rules/team.ts';
import { auditRules } from './rules/audit.ts';
import { engineRules } from './rules/engine.ts';
import { orderRules } from './rules/orders.ts';
import { milestoneLookRules } from './rules/milestone-looks.ts';
import { milestoneRules } from './rules/milestones.ts';
import { planDropRules } from './rules/plan-drops.ts';
import { planPeopleRules } from './rules/plan-people.ts';
import { planRules } from './rules/plan.ts';
import { promotionRules } from './rules/promotion.ts';
import { reachRules } from './rules/reach.ts';
import { restoredRules } from './rules/restored.ts';
import { shareRules } from './rules/share.ts';
import { stockRules } from './rules/stock.ts';

const RULES = {
  ...milestoneRules,
  ...milestoneLookRules,
  ...engineRules,
  ...alertRules,
  ...alertPeopleRules,
  ...alertClockRules,
  ...planRules,
  ...planPeopleRules,
  ...planDropRules,
  ...auditRules,
  ...teamRules,
  ...policyRules,
  ...dropRules,
  ...orderRules,
  ...countRules,
  ...stockRules,
  ...courierRules,
  ...promotionRules,
  ...announcementRules,
  ...restoredRules,
  ...linkRules,
  ...eraseRules,
  ...reachRules,
  ...shareRules,
};

storeContract(
  'sqlite',
  async () => {
    const { engine, remove } = temporarySqlite();
    return { engine, close: remove };
  },
  RULES,
);

storeContract(
  'postgres (PGlite)',
  async () => {
    const engine = await bootPglite();
    return { engine, close: engine.close };
  },
  RULES,
);

// PGlite is PostgreSQL with one connection; what many connections and node-postgres do differently shows only on a server.
if (SERVER_URL !== '') storeContract('postgres (server)', temporaryPostgres, RULES);
