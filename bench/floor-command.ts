// The least an app can do with a command: check the signature, acknowledge, and, where ANSWER_FILE is given, hand over an answer that was
// made before. For Slack that is a bare Bolt app; Discord has no such app, so it is node:http, Ed25519 with a cached key, and fetch.
//   node bench/floor-command.ts slack|discord PLATFORM_URL PUBLIC_KEY [ANSWER_FILE]
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, type RespondArguments } from '@slack/bolt';
import { APPLICATION, SIGNING_SECRET } from './support/commands.ts';

const [chat, platformUrl = '', publicKeyHex = '', answerFile] = process.argv.slice(2);
const answer = answerFile === undefined ? null : readFileSync(answerFile, 'utf8');
const serving = (port: number): void => void process.stderr.write(`${JSON.stringify({ event: 'serving', port })}\n`);

async function bolt(): Promise<void> {
  const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, logLevel: LogLevel.ERROR });
  const app = new App({
    receiver,
    authorize: () => Promise.resolve({ botToken: 'xoxb-bench', botId: 'B0BOT', botUserId: 'U0BOT' }),
    logLevel: LogLevel.ERROR,
  });
  const ready = answer === null ? null : (JSON.parse(answer) as RespondArguments);
  app.command('/stock', async ({ ack, respond }) => {
    await ack();
    if (ready !== null) await respond(ready);
  });
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  serving((server as { address: () => AddressInfo }).address().port);
  process.once('SIGTERM', () => process.exit(0));
}

function bare(): void {
  const x = Buffer.from(publicKeyHex, 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const deferred = '{"type":5,"data":{"flags":64}}';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const signed = Buffer.concat([Buffer.from(String(request.headers['x-signature-timestamp'])), body]);
      const signature = Buffer.from(String(request.headers['x-signature-ed25519']), 'hex');
      if (!verify(null, signed, key, signature)) {
        response.writeHead(401).end();
        return;
      }
      const { token } = JSON.parse(body.toString()) as { token: string };
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': deferred.length }).end(deferred);
      if (answer === null) return;
      const headers = { 'content-type': 'application/json' };
      const url = `${platformUrl}/api/v10/webhooks/${APPLICATION}/${token}/messages/@original`;
      void fetch(url, { method: 'PATCH', headers, body: answer }).then((told) => told.text());
    });
  });
  server.listen(0, '127.0.0.1', () => serving((server.address() as AddressInfo).port));
  process.once('SIGTERM', () => process.exit(0));
}

if (chat === 'slack') await bolt();
else bare();
