import { describe, expect, it } from 'vitest'
import { asShown, isRightToLeft } from '@renderer/lib/shown-text.ts'

describe('a name as it is shown', () => {
  it.each([
    ['A014C006_260322.mov', 'A014C006_260322.mov'],
    ['Straße, “Kai” & ✓ 🎬', 'Straße, “Kai” & ✓ 🎬'],
    ['שלום עולם.mov', 'שלום עולם.mov'],
    ['مرحبا 01.mov', 'مرحبا 01.mov'],
    // Emoji that are one sign are joined by what is not seen.
    ['👩‍🎤', '👩‍🎤'],
    ['a\u202evom.exe', 'a\ufffdvom.exe'],
    ['a\u2067b\u2069c\u200ed\u061ce', 'a\ufffdb\ufffdc\ufffdd\ufffde'],
    ['a\u0000b\u001bc\u007fd\u0085e', 'a\ufffdb\ufffdc\ufffdd\ufffde'],
    ['tab\there\r', 'tab here '],
    ['two\nlines', 'two\nlines'],
  ])('%j is %j', (name, text) => {
    expect(asShown(name)).toBe(text)
  })
  it.each([
    ['שלום.mov', true],
    ['01 مرحبا', true],
    ['Interview שלום', false],
    ['A014', false],
    ['2026', false],
  ])('%s is read from right to left: %s', (name, isSo) => {
    expect(isRightToLeft(name)).toBe(isSo)
  })
})
