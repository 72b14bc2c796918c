import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../src/api/calls';
import { dial } from '../src/api/dial';
import { Dialer } from '../src/dial/dialer';
import { writeSetting } from '../src/store/settings';

const NEWS = { number: 'abcd-efgh-jkmn', version: 1, contacts: [], incoming: [], missed: [] };

describe('a page that can be rung', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('knows why it cannot be any more, until its user switches that off', async () => {
    writeSetting('name', 'Ada');
    vi.spyOn(dial, 'gone').mockResolvedValue(undefined);
    const busy = new CallError('busy', 503, 5);
    vi.spyOn(dial, 'here').mockResolvedValueOnce(NEWS).mockRejectedValue(busy);
    const dialer = new Dialer();

    dialer.setReachable(true);
    await vi.waitFor(() => expect(dialer.failed).toBe(busy));
    expect(dialer.number).toBe(NEWS.number);

    dialer.setReachable(false);
    expect(dialer.failed).toBeUndefined();
  });
});
