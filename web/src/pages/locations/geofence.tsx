import { Anchor, Card, Group, Text, Title } from '@mantine/core'
import type { Location } from '../../api/types'

const SIZE = 260

/** The geofence drawn to scale, without asking any other server for a map. */
export function Geofence({ of: { latitude, longitude, geofenceRadiusMeters: radius, name } }: { of: Location }) {
  if (latitude == null || longitude == null) {
    return <Card><Title order={2} mb={4}>Geofence</Title><Text size="sm" c="dimmed">The position is not known: who checks in here is not compared with it.</Text></Card>
  }
  // The picture is four radii wide; its rings are round numbers of metres.
  const scale = SIZE / (radius * 4)
  const step = niceStep(radius)
  const rings = [1, 2, 3].map((times) => times * step).filter((metres) => metres * scale < SIZE / 2)
  return (
    <Card>
      <Group justify="space-between" mb="xs"><Title order={2}>Geofence</Title><Text size="sm" c="dimmed">{radius} m</Text></Group>
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} width="100%" style={{ maxHeight: 260 }} role="img" aria-label={`Geofence of ${name}: ${radius} metres around ${latitude}, ${longitude}`}>
        <rect width={SIZE} height={SIZE} rx={8} fill="var(--mantine-color-default-hover)" />
        {rings.map((metres) => (
          <g key={metres}>
            <circle cx={SIZE / 2} cy={SIZE / 2} r={metres * scale} fill="none" stroke="var(--mantine-color-default-border)" strokeDasharray="3 4" />
            <text x={SIZE / 2 + 4} y={SIZE / 2 - metres * scale - 3} fontSize={10} fill="var(--mantine-color-dimmed)">{metres} m</text>
          </g>
        ))}
        <circle cx={SIZE / 2} cy={SIZE / 2} r={radius * scale} fill="var(--mantine-color-leaf-5)" fillOpacity={0.25} stroke="var(--mantine-color-leaf-7)" strokeWidth={2} />
        <circle cx={SIZE / 2} cy={SIZE / 2} r={5} fill="var(--mantine-color-leaf-8)" />
        <text x={SIZE / 2} y={16} fontSize={11} textAnchor="middle" fill="var(--mantine-color-dimmed)">N</text>
      </svg>
      <Group justify="space-between" mt="xs"><Text size="sm" className="numbers">{latitude.toFixed(5)}, {longitude.toFixed(5)}</Text><Anchor size="sm" href={`geo:${latitude},${longitude}`}>Open in maps</Anchor></Group>
    </Card>
  )
}

function niceStep(radius: number): number {
  const rough = radius / 1.5
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5].map((times) => times * power).findLast((step) => step <= rough) ?? power)
}
