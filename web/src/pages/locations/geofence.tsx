import { Anchor, Card, Group, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { map } from '../../api/queries'
import type { Location } from '../../api/types'
import { t } from '../../language/language'
import { number } from '../../language/write'
import { tilesUnder } from './tiles'

const SIZE = 260

/** The geofence drawn to scale; on a map where the operator has named a server of tiles, else no other is asked. */
export function Geofence({ of: { latitude, longitude, geofenceRadiusMeters: radius, name } }: { of: Location }) {
  const { data: { tiles, attribution } = {} } = useQuery(map())
  if (latitude == null || longitude == null) {
    return <Card><Title order={2} mb={4}>{t('Geofence')}</Title><Text size="sm" c="dimmed">{t('The position is not known: who checks in here is not compared with it.')}</Text></Card>
  }
  // The picture is four radii wide; its rings are round numbers of metres.
  const scale = SIZE / (radius * 4)
  const step = niceStep(radius)
  const rings = [1, 2, 3].map((times) => times * step).filter((metres) => metres * scale < SIZE / 2)
  return (
    <Card>
      <Group justify="space-between" mb="xs"><Title order={2}>{t('Geofence')}</Title><Text size="sm" c="dimmed">{number(radius)} m</Text></Group>
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} width="100%" style={{ maxHeight: 260 }} role="img" aria-label={t('Geofence of {{name}}: {{radius}} metres around {{latitude}} / {{longitude}}', { name, radius, latitude: number(latitude, 5), longitude: number(longitude, 5) })}>
        <rect width={SIZE} height={SIZE} rx={8} fill="var(--mantine-color-default-hover)" />
        {tiles && tilesUnder(tiles, latitude, longitude, SIZE, 1 / scale).map(({ href, x, y, size }) => <image key={href} href={href} x={x} y={y} width={size} height={size} preserveAspectRatio="none" />)}
        {rings.map((metres) => (
          <g key={metres}>
            <circle cx={SIZE / 2} cy={SIZE / 2} r={metres * scale} fill="none" stroke="var(--mantine-color-default-border)" strokeDasharray="3 4" />
            <text x={SIZE / 2 + 4} y={SIZE / 2 - metres * scale - 3} fontSize={10} fill="var(--mantine-color-dimmed)">{number(metres)} m</text>
          </g>
        ))}
        <circle cx={SIZE / 2} cy={SIZE / 2} r={radius * scale} fill="var(--mantine-color-leaf-5)" fillOpacity={0.25} stroke="var(--mantine-color-leaf-7)" strokeWidth={2} />
        <circle cx={SIZE / 2} cy={SIZE / 2} r={5} fill="var(--mantine-color-leaf-8)" />
        <text x={SIZE - 10} y={18} fontSize={11} textAnchor="end" fill="var(--mantine-color-dimmed)">↑ N</text>
      </svg>
      {tiles && attribution && <Text size="xs" c="dimmed" ta="right">{attribution}</Text>}
      <Group justify="space-between" mt="xs"><Text size="sm" className="numbers">{number(latitude, 5)} / {number(longitude, 5)}</Text><Anchor size="sm" href={`geo:${latitude},${longitude}`}>{t('Open in maps')}</Anchor></Group>
    </Card>
  )
}

function niceStep(radius: number): number {
  const rough = radius / 1.5
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5].map((times) => times * power).findLast((step) => step <= rough) ?? power)
}
