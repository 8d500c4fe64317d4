import { Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Booking } from '../api/types'
import { sayRange } from '../time/say'
import { Status } from '../ui/status'

/** A booking in a short list: what, when, where. */
export function BookingLine({ booking, extra }: { booking: Booking; extra?: ReactNode }) {
  return (
    <Group justify="space-between" gap={6} py={8} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Stack gap={0} flex="1 1 15rem" miw={0}>
        <Link className="row-link clip-two" to="/bookings/$id" params={{ id: booking.id }}>{booking.title}</Link>
        <Text size="sm" c="dimmed">{sayRange(booking.scheduledStart, booking.scheduledEnd, booking.timezone)}{booking.location ? ` · ${booking.location.name}` : ''}</Text>
      </Stack>
      <Group gap={6} justify="flex-end" style={{ flexShrink: 0 }}>{extra}<Status of={booking.status} /></Group>
    </Group>
  )
}
