import { connect } from 'node:net';

/**
 * Asks a server for one path over kept connections, in a process of its own, and says when all answers are
 * there. It reads no more of an answer than its length, so that it is never slower than what it measures.
 * Arguments: connections. Each message `{port, path, requests}` is one round.
 */
const [connections = 1] = process.argv.slice(2).map(Number);

interface Round {
  readonly port: number;
  readonly path: string;
  readonly requests: number;
}

function askOn({ port, path }: Round, requests: number): Promise<void> {
  const question = `GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let left = requests;
    let awaited = 0;
    socket.setNoDelay(true).on('error', reject);
    socket.on('connect', () => socket.write(question));
    socket.on('data', (chunk) => {
      if (awaited === 0) {
        const head = chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        const length = /content-length: (\d+)/i.exec(head)?.[1];
        if (!head.startsWith('HTTP/1.1 200') || length === undefined || end < 0) {
          reject(new Error(`answered ${head.slice(0, 200)}`));
          return;
        }
        awaited = end + 4 + Number(length);
      }
      awaited -= chunk.length;
      if (awaited > 0) return;
      left -= 1;
      if (left > 0) socket.write(question);
      else socket.end(resolve);
    });
  });
}

process.on('message', (round: Round) => {
  const each = Math.ceil(round.requests / connections);
  const all = Array.from({ length: connections }, () => askOn(round, each));
  void Promise.all(all).then(() => process.send?.(each * connections));
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
