import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { openNames } from '../../../../services/adapters/history-store/duckdb-names.ts';

test('a name whose transaction was taken back is written with the next one', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const names = await openNames(connection);
  const number = names.numberOf('space-a');

  await connection.run('BEGIN TRANSACTION');
  await names.save(connection);
  await connection.run('ROLLBACK');
  expect((await openNames(connection)).find('space-a')).toBeUndefined();

  await connection.run('BEGIN TRANSACTION');
  const saved = await names.save(connection);
  await connection.run('COMMIT');
  saved();
  const again = await openNames(connection);
  expect(again.nameOf(number)).toBe('space-a');
  expect(again.numberOf('space-b')).toBe(number + 1);

  await names.save(connection);
  const answer = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM name');
  expect(answer.value(0, 0)).toBe(1);
  connection.closeSync();
  instance.closeSync();
});
