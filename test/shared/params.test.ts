import { describe, expect, it } from 'vitest';
import { parseParams, PARAMS_VERSION, PRESETS, upgradeParams } from '../../src/shared/params.ts';

describe('stored parameters', () => {
  const { maxLibrarySize, minGenesPerCell, maxMitochondrialShare, randomPanels, ...first } = PRESETS.paper;

  it('of the first version run as they did, without the filters and random panels that came later', () => {
    const stored = { version: 1, params: { ...first, minLibrarySize: 500, seed: 4 } };
    expect(upgradeParams(stored)).toEqual({
      ...PRESETS.paper,
      minLibrarySize: 500,
      seed: 4,
      maxLibrarySize: 0,
      minGenesPerCell: 0,
      maxMitochondrialShare: 1,
      randomPanels: 0,
    });
    expect(randomPanels).toBeGreaterThan(0);
  });

  it('of this version are kept as they are', () => {
    const params = parseParams('quick', { maxMitochondrialShare: 0.2, minGenesPerCell: 200 });
    expect(upgradeParams({ version: PARAMS_VERSION, params })).toEqual(params);
  });

  it.each([0, 1.5, PARAMS_VERSION + 1])('of version %d are refused', version => {
    expect(() => upgradeParams({ version, params: PRESETS.paper })).toThrow(/Update F910 Studio\.$/);
  });

  it('keep the meaning of the presets: no filter but the one for shallow cells', () => {
    for (const preset of Object.values(PRESETS)) {
      expect(preset).toMatchObject({ maxLibrarySize, minGenesPerCell, maxMitochondrialShare });
    }
    expect([maxLibrarySize, minGenesPerCell, maxMitochondrialShare]).toEqual([0, 0, 1]);
  });
});
