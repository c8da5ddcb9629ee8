import { expect, it } from 'vitest'
import { pictureWay } from '@main/core/media/picture-way.ts'

it.each([
  ['/a/b.JPG', 'still'],
  ['/a/b.tiff', 'still'],
  ['/a/b.MXF', 'frame'],
  ['/a/b.0101.exr', 'frame'],
  ['C:\\card\\A001.MP4', 'frame'],
  ['/a/b.wav', null],
  ['/a/b.svg', null],
  ['/a.mov/README', null],
  ['/a/.mov/x', null],
  ['', null],
])('of %j is a %s', (name, way) => expect(pictureWay(name)).toBe(way))
