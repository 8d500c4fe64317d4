import { Alert, Button, Grid, Group, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Problem } from '../api/errors'
import type { Location } from '../api/types'
import { t } from '../language/language'
import { zones } from '../time/zone'
import { options } from '../ui/words'

const TYPES = ['dispensary', 'cultivation_site', 'manufacturing_facility', 'laboratory', 'distribution_center', 'event_venue', 'office', 'other'] as const

export interface LocationFields {
  name: string; locationType: string; line1: string; line2: string; city: string; region: string; postalCode: string; country: string
  latitude: number | ''; longitude: number | ''; geofenceRadiusMeters: number | ''; capacity: number | ''; timezone: string; amenities: string[]; accessibilityFeatures: string[]
}

export const emptyLocation = (timezone: string): LocationFields => ({
  name: '', locationType: 'dispensary', line1: '', line2: '', city: '', region: '', postalCode: '', country: 'US', latitude: '', longitude: '', geofenceRadiusMeters: 150, capacity: '', timezone, amenities: [], accessibilityFeatures: [],
})

export const locationFields = (it: Location): LocationFields => ({
  name: it.name, locationType: it.locationType, line1: it.address.line1, line2: it.address.line2 ?? '', city: it.address.city, region: it.address.region, postalCode: it.address.postalCode, country: it.address.country,
  latitude: it.latitude ?? '', longitude: it.longitude ?? '', geofenceRadiusMeters: it.geofenceRadiusMeters, capacity: it.capacity ?? '', timezone: it.timezone, amenities: it.amenities, accessibilityFeatures: it.accessibilityFeatures,
})

const orNull = (value: number | '') => (value === '' ? null : value)

export const locationBody = (fields: LocationFields) => ({
  name: fields.name.trim(), locationType: fields.locationType as Location['locationType'], timezone: fields.timezone,
  address: { line1: fields.line1.trim(), line2: fields.line2.trim() || null, city: fields.city.trim(), region: fields.region.trim(), postalCode: fields.postalCode.trim(), country: fields.country.trim() },
  latitude: orNull(fields.latitude), longitude: orNull(fields.longitude), capacity: orNull(fields.capacity), amenities: fields.amenities, accessibilityFeatures: fields.accessibilityFeatures,
  ...(fields.geofenceRadiusMeters === '' ? {} : { geofenceRadiusMeters: fields.geofenceRadiusMeters }),
})

const needed = (text: string) => (text.trim() ? null : t('Needed'))

export function LocationForm({ initial, label, pending, problem, save }: { initial: LocationFields; label: string; pending: boolean; problem: Problem | undefined; save: (fields: LocationFields) => void }) {
  const form = useForm<LocationFields>({
    initialValues: initial,
    validate: {
      name: needed, line1: needed, city: needed, region: needed, postalCode: needed, country: needed,
      latitude: (value, { longitude }) => ((value === '') === (longitude === '') ? null : t('Both or none')),
      longitude: (value, { latitude }) => ((value === '') === (latitude === '') ? null : t('Both or none')),
    },
  })
  const number = (name: 'latitude' | 'longitude' | 'geofenceRadiusMeters' | 'capacity') => ({ ...form.getInputProps(name), hideControls: true, onChange: (value: string | number) => form.setFieldValue(name, typeof value === 'number' ? value : '') })
  return (
    <form onSubmit={form.onSubmit(save)} noValidate>
      {problem && <Alert color="red" title={problem.title} mb="md">{problem.errors?.map(({ field, message }) => `${field}: ${message}`).join('; ') || problem.detail}</Alert>}
      <Grid>
        <Grid.Col span={{ base: 12, sm: 8 }}><TextInput label={t('Name')} required data-autofocus {...form.getInputProps('name')} /></Grid.Col>
        <Grid.Col span={{ base: 12, sm: 4 }}><Select label={t('Kind')} data={options(TYPES)} allowDeselect={false} {...form.getInputProps('locationType')} /></Grid.Col>
        <Grid.Col span={{ base: 12, sm: 8 }}><TextInput label={t('Street')} required {...form.getInputProps('line1')} /></Grid.Col>
        <Grid.Col span={{ base: 12, sm: 4 }}><TextInput label={t('Unit')} {...form.getInputProps('line2')} /></Grid.Col>
        <Grid.Col span={{ base: 8, sm: 4 }}><TextInput label={t('City')} required {...form.getInputProps('city')} /></Grid.Col>
        <Grid.Col span={{ base: 4, sm: 3 }}><TextInput label={t('Region')} required {...form.getInputProps('region')} /></Grid.Col>
        <Grid.Col span={{ base: 8, sm: 3 }}><TextInput label={t('Postal code')} required {...form.getInputProps('postalCode')} /></Grid.Col>
        <Grid.Col span={{ base: 4, sm: 2 }}><TextInput label={t('Country')} required {...form.getInputProps('country')} /></Grid.Col>
        <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Latitude')} min={-90} max={90} {...number('latitude')} /></Grid.Col>
        <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Longitude')} min={-180} max={180} {...number('longitude')} /></Grid.Col>
        <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Geofence (metres)')} min={10} {...number('geofenceRadiusMeters')} /></Grid.Col>
        <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Capacity')} min={1} {...number('capacity')} /></Grid.Col>
        <Grid.Col span={{ base: 12, sm: 8 }}><Select label={t('Time zone')} searchable data={zones()} allowDeselect={false} {...form.getInputProps('timezone')} /></Grid.Col>
        <Grid.Col span={12}><TagsInput label={t('Amenities')} {...form.getInputProps('amenities')} /></Grid.Col>
        <Grid.Col span={12}><TagsInput label={t('Accessibility')} {...form.getInputProps('accessibilityFeatures')} /></Grid.Col>
      </Grid>
      <Group justify="flex-end" mt="md"><Button type="submit" loading={pending}>{label}</Button></Group>
    </form>
  )
}
