import { connect } from 'node:net';
import { quantile } from './measure.ts';

/**
 * Asks a server for one path over kept connections, in a process of its own, and says when all answers are
 * there and how long 95 % of them took at most, in ms. It reads no more of an answer than its length, so
 * that it is never slower than what it measures. Arguments: connections. Each message
 * `{port, path, requests}` is one round; with `bodies`, one after the other is posted as JSON.
 */
const [connections = 1] = process.argv.slice(2).map(Number);

interface Round {
  readonly port: number;
  readonly path: string;
  readonly requests: number;
  readonly bodies?: readonly string[];
}
const head = (method: string, path: string): string =>
  `${method} ${path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\n`;

function questionsOf({ path, bodies }: Round): readonly string[] {
  return bodies === undefined
    ? [`${head('GET', path)}\r\n`]
    : bodies.map((body) => {
        const typed = `${head('POST', path)}content-type: application/json\r\n`;
        return `${typed}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      });
}

const tookMs: number[] = [];

function askOn(round: Round, requests: number): Promise<void> {
  const questions = questionsOf(round);
  return new Promise((resolve, reject) => {
    const socket = connect(round.port, '127.0.0.1');
    let left = requests;
    let awaited = 0;
    let askedMs = 0;
    const ask = (): void => {
      askedMs = performance.now();
      socket.write(questions[left % questions.length] ?? '');
    };
    socket.setNoDelay(true).on('error', reject);
    socket.on('connect', ask);
    socket.on('data', (chunk) => {
      if (awaited === 0) {
        const begun = chunk.toString('latin1');
        const end = begun.indexOf('\r\n\r\n');
        const length = /content-length: (\d+)/i.exec(begun)?.[1];
        if (!/^HTTP\/1.1 20[01]/.test(begun) || length === undefined || end < 0) {
          reject(new Error(`answered ${begun.slice(0, 200)}`));
          return;
        }
        awaited = end + 4 + Number(length);
      }
      awaited -= chunk.length;
      if (awaited > 0) return;
      left -= 1;
      tookMs.push(performance.now() - askedMs);
      if (left > 0) ask();
      else socket.end(resolve);
    });
  });
}

process.on('message', (round: Round) => {
  const each = Math.ceil(round.requests / connections);
  const all = Array.from({ length: connections }, () => askOn(round, each));
  void Promise.all(all).then(() => {
    const p95Ms = quantile(tookMs.splice(0), 0.95);
    process.send?.({ answered: each * connections, p95Ms });
  });
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
