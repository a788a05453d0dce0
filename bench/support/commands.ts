import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

export type Chat = 'slack' | 'discord';

export const COMMAND_TEAM = 'bench';
export const SKUS = Array.from({ length: 60 }, (_, at) => `SKU-${String(at + 1).padStart(2, '0')}`);
export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
export const WORKSPACE = 'T0BENCH';
export const GUILD = '900000000000000001';
export const APPLICATION = '910000000000000001';
const SLACK_USER = 'U0MAYA';
const DISCORD_USER = '800000000000000001';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export const PUBLIC_KEY_HEX = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');

/** A drop of 60 items of which nothing runs out, and one person who types on both platforms. */
export function commandPlan(): string {
  const skus = SKUS.map((sku) => `  ${sku}: { name: Item ${sku}, count: 10000000, price: 58 }`);
  return `team: { id: ${COMMAND_TEAM}, name: Bench, zone: America/New_York }
people:
  maya: { name: Maya, roles: [founder], accounts: { slack: ${SLACK_USER}, discord: '${DISCORD_USER}' } }
channels:
  team: { console: team }
drop: { id: bench, name: Bench, format: limited, stream: 2027-01-29T19:00, zone: America/New_York, currency: USD }
skus:
${skus.join('\n')}
`;
}

/** A command as Slack sends it, the `number`th: the bytes that go over the wire, signed now. */
export function slackCommand(number: number, platformUrl: string, command = '/stock', text = ''): Buffer {
  const body = new URLSearchParams({
    token: 'verification',
    team_id: WORKSPACE,
    team_domain: 'bench',
    channel_id: 'C0TEAM',
    channel_name: 'team',
    user_id: SLACK_USER,
    user_name: 'maya',
    command,
    text,
    api_app_id: 'A0BENCH',
    is_enterprise_install: 'false',
    response_url: `${platformUrl}/commands/${number}`,
    trigger_id: `1.2.${number}`,
  }).toString();
  const timestamp = Math.floor(Date.now() / 1000);
  const mac = createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
  const signed = [`x-slack-request-timestamp: ${timestamp}`, `x-slack-signature: v0=${mac}`];
  return request('/slack/events', ['content-type: application/x-www-form-urlencoded', ...signed], body);
}

/** The same as Discord sends it. */
function discordCommand(number: number): Buffer {
  const body = JSON.stringify({
    id: String(1_200_000_000_000_000_000n + BigInt(number)),
    token: `token-${number}`,
    type: 2,
    version: 1,
    application_id: APPLICATION,
    guild_id: GUILD,
    channel_id: '920000000000000001',
    member: { user: { id: DISCORD_USER, username: 'maya', discriminator: '0' }, roles: [], permissions: '0' },
    data: { id: '930000000000000001', name: 'stock', type: 1 },
    locale: 'en-US',
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign(null, Buffer.from(timestamp + body), privateKey).toString('hex');
  const signed = [`x-signature-timestamp: ${timestamp}`, `x-signature-ed25519: ${signature}`];
  return request('/discord/interactions', ['content-type: application/json', ...signed], body);
}

/** One command, as the bytes that go over the wire. */
export function commandRequest(chat: Chat, number: number, platformUrl: string): Buffer {
  return chat === 'slack' ? slackCommand(number, platformUrl) : discordCommand(number);
}

function request(path: string, headers: readonly string[], body: string): Buffer {
  const head = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', ...headers, `content-length: ${Buffer.byteLength(body)}`];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
