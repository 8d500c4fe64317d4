// Which tiles of a map lie under a square, and where in it. Web Mercator, as every server of tiles has it: at level z the
// world is 2^z tiles wide (https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames).

export interface Tile { href: string; x: number; y: number; size: number }

/** Metres that a pixel of 256 is wide on the equator at level 0. */
const EQUATOR = 40_075_016.686 / 256
const DEEPEST = 19
/** Where the map ends, towards the poles. */
const POLE = 85.05

/** The tiles under a square of so many units, whose middle is a place, and of which a unit is so many metres wide. */
export function tilesUnder(template: string, latitude: number, longitude: number, units: number, metresPerUnit: number): Tile[] {
  if (Math.abs(latitude) > POLE) return []
  const radians = (latitude * Math.PI) / 180
  const metresPerPixel = (level: number) => (EQUATOR * Math.cos(radians)) / 2 ** level
  // The first level that is at least as fine as the picture: tiles are made smaller, not larger.
  let level = 0
  while (level < DEEPEST && metresPerPixel(level) > metresPerUnit) level += 1
  const wide = 2 ** level
  const middle = { x: ((longitude + 180) / 360) * wide, y: ((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * wide }
  const size = (256 * metresPerPixel(level)) / metresPerUnit
  const half = units / 2 / size
  const found: Tile[] = []
  for (let y = Math.max(0, Math.floor(middle.y - half)); y < Math.min(wide, middle.y + half); y += 1) {
    for (let x = Math.floor(middle.x - half); x < middle.x + half; x += 1) {
      // East of the last tile is the first one.
      const column = ((x % wide) + wide) % wide
      const href = template.replace('{z}', String(level)).replace('{x}', String(column)).replace('{y}', String(y))
      found.push({ href, x: units / 2 + (x - middle.x) * size, y: units / 2 + (y - middle.y) * size, size })
    }
  }
  return found
}
