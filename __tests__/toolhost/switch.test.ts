import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, put, repository, startHost } from './started.ts';

afterEach(cleanUp);

describe('switch_to', () => {
  it('lays the changed tests over the base in place, keeps ignored files, and comes back to the same tree', async () => {
    const root = repository({
      'src/a.js': 'old\n',
      'src/gone.js': 'gone\n',
      'test/a.test.js': 'old test\n',
      '.gitignore': 'node_modules/\n',
    });
    put(root, { 'node_modules/dep/index.js': 'installed\n' });
    const host = await startHost(root);
    const base = await host.tree();
    await host.edit('src/a.js', 'old', 'new');
    await host.run(
      'rm src/gone.js; printf "new test\\n" > test/a.test.js; printf more > test/more.test.js; mkdir -p src/deep; echo x > src/deep/x.js',
    );
    const change = await host.tree();

    const { tree } = await host.call('switch_to', {
      tree: base,
      take: { from: change, paths: ['test/a.test.js', 'test/more.test.js', 'test/absent.js'] },
    });
    expect(readFileSync(join(root, 'src/a.js'), 'utf8')).toBe('old\n');
    expect(readFileSync(join(root, 'test/a.test.js'), 'utf8')).toBe('new test\n');
    expect(readFileSync(join(root, 'test/more.test.js'), 'utf8')).toBe('more');
    expect([existsSync(join(root, 'src/gone.js')), existsSync(join(root, 'src/deep'))]).toEqual([true, false]);
    expect(readFileSync(join(root, 'node_modules/dep/index.js'), 'utf8')).toBe('installed\n');
    expect(tree).toBe(await host.tree());
    expect(tree).not.toBe(change);

    expect(await host.call('switch_to', { tree: change })).toEqual({ tree: change });
    expect(await host.tree()).toBe(change);
    expect(existsSync(join(root, 'src/gone.js'))).toBe(false);
    expect(readFileSync(join(root, 'src/deep/x.js'), 'utf8')).toBe('x\n');
  });

  it('puts back what a test run changed meanwhile, and leaves its by-products out', async () => {
    const root = repository({ 'a.js': 'old\n', 'snapshot.txt': 'kept\n' });
    const host = await startHost(root);
    const base = await host.tree();
    await host.edit('a.js', 'old', 'new');
    const change = await host.tree();
    await host.call('switch_to', { tree: base });
    await host.run('echo spoiled > snapshot.txt; echo coverage > report.txt');
    await host.call('tree', { leave_out_new: true });
    expect(await host.call('switch_to', { tree: change })).toEqual({ tree: change });
    expect(readFileSync(join(root, 'snapshot.txt'), 'utf8')).toBe('kept\n');
  });

  it('writes contents over a tree, for mutations', async () => {
    const root = repository({ 'a.js': 'a > b\n' });
    const host = await startHost(root);
    const base = await host.tree();
    await host.call('switch_to', { tree: base, write: [{ path: 'a.js', content: Buffer.from('a < b\n').toString('base64') }] });
    expect(readFileSync(join(root, 'a.js'), 'utf8')).toBe('a < b\n');
    expect(await host.call('switch_to', { tree: base })).toEqual({ tree: base });
    expect(readFileSync(join(root, 'a.js'), 'utf8')).toBe('a > b\n');
  });
});
