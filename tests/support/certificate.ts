import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary.ts';

/** A certificate for 127.0.0.1 that signs itself, as PEM files. */
export function createCertificate(): { readonly certificate: string; readonly key: string } {
  const dir = temporaryDirectory();
  const [certificate, key] = [join(dir, 'certificate.pem'), join(dir, 'key.pem')];
  const how = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=127.0.0.1',
  ];
  const where = ['-addext', 'subjectAltName=IP:127.0.0.1', '-out', certificate, '-keyout', key];
  const { status, stderr } = spawnSync('openssl', [...how, ...where], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
  return { certificate, key };
}
