import { expect, it } from 'vitest'
import { tilesUnder } from './tiles'

const under = (latitude: number, longitude: number, metresPerUnit: number) => tilesUnder('https://t/{z}/{x}/{y}.png', latitude, longitude, 260, metresPerUnit)


it('takes the tile that others take for the same place', () => {
  // The example of the wiki: Shibuya at level 18.
  expect(under(35.6590699, 139.7006793, 0.6).map(({ href }) => href)).toContain('https://t/18/232798/103246.png')
})

it('covers the square without a gap, and not twice', () => {
  const tiles = under(52.52, 13.405, 1.5)
  const area = tiles.reduce((sum, { x, y, size }) => sum + Math.max(0, Math.min(260, x + size) - Math.max(0, x)) * Math.max(0, Math.min(260, y + size) - Math.max(0, y)), 0)
  expect(Math.round(area)).toBe(260 * 260)
  expect(new Set(tiles.map(({ href }) => href)).size).toBe(tiles.length)
  expect(tiles.every(({ size }) => size <= 256)).toBe(true)
})

it('goes on beyond the last meridian, and has nothing at the poles', () => {
  const columns = under(0, 180, 20).map(({ href }) => Number(href.split('/')[4]))
  expect(columns).toContain(0)
  expect(columns).toContain(2 ** 13 - 1)
  expect(under(89, 0, 2)).toEqual([])
})
