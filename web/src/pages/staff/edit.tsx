import { ActionIcon, Alert, Button, Grid, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { api, ifMatch } from '../../api/client'
import { problemIn } from '../../api/errors'
import type { Staff } from '../../api/types'
import { tell } from '../../ui/tell'
import { options } from '../../ui/words'

const LEVELS = ['beginner', 'intermediate', 'experienced', 'expert'] as const

type Number = number | ''
const orNull = (value: Number) => (value === '' ? null : value)

export function EditProfile({ it, close }: { it: Staff; close: () => void }) {
  const [read] = useState(it)
  const queries = useQueryClient()
  const form = useForm({
    initialValues: {
      status: read.status as string, phone: read.phone ?? '', defaultHourlyRate: (read.defaultHourlyRate ?? '') as Number, maxTravelKm: (read.maxTravelKm ?? '') as Number,
      maxHoursPerDay: (read.maxHoursPerDay ?? '') as Number, maxHoursPerWeek: (read.maxHoursPerWeek ?? '') as Number, minRestHours: (read.minRestHours ?? '') as Number,
      skills: read.skills.map(({ name, level, certification }) => ({ name, level: level as string, issuer: certification?.issuer ?? '', issuedOn: certification?.issuedOn ?? '', expiresOn: certification?.expiresOn ?? '' })),
    },
    validate: {
      skills: {
        name: (text) => (text.trim() ? null : 'Needed'),
        expiresOn: (text, values, path) => {
          const skill = values.skills[Number(path.split('.')[1])]
          return skill?.issuer && (!text || !skill.issuedOn) ? 'From when until when?' : null
        },
      },
    },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.PUT('/api/staff/{id}', {
        params: { path: { id: read.userId }, header: ifMatch(read) },
        body: {
          organizationId: read.organizationId, status: values.status as Staff['status'], phone: values.phone.trim() || null, defaultHourlyRate: orNull(values.defaultHourlyRate), maxTravelKm: orNull(values.maxTravelKm),
          maxHoursPerDay: orNull(values.maxHoursPerDay), maxHoursPerWeek: orNull(values.maxHoursPerWeek), minRestHours: orNull(values.minRestHours), blockedLocations: read.blockedLocations, home: read.home ?? null,
          skills: values.skills.map(({ name, level, issuer, issuedOn, expiresOn }) => ({ name: name.trim(), level: level as 'expert', certification: issuer.trim() ? { issuer: issuer.trim(), issuedOn, expiresOn } : null })),
        },
      }),
    meta: { shown: true },
    onSuccess: () => {
      tell('Saved')
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['staff'] }),
  })
  const problem = save.error && problemIn(save.error)
  const number = (name: 'defaultHourlyRate' | 'maxTravelKm' | 'maxHoursPerDay' | 'maxHoursPerWeek' | 'minRestHours') => ({ ...form.getInputProps(name), min: 0, hideControls: true, placeholder: 'None', onChange: (value: string | number) => form.setFieldValue(name, typeof value === 'number' ? value : '') })
  return (
    <Modal opened onClose={close} size="xl" title={`Edit ${read.displayName}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ field, message }) => `${field}: ${message}`).join('; ') || problem.detail}</Alert>}
          <Grid>
            <Grid.Col span={{ base: 12, sm: 6 }}><Select label="Status" allowDeselect={false} data={options(['pending', 'active', 'inactive', 'suspended'])} {...form.getInputProps('status')} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}><TextInput label="Telephone" {...form.getInputProps('phone')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label="Hourly rate" decimalScale={2} {...number('defaultHourlyRate')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label="Travel (km)" {...number('maxTravelKm')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label="Rest (hours)" {...number('minRestHours')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label="Hours a day" {...number('maxHoursPerDay')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label="Hours a week" {...number('maxHoursPerWeek')} /></Grid.Col>
          </Grid>
          <Text fw={600}>Skills</Text>
          {form.values.skills.map((_, index) => (
            <Group key={index} align="end" gap="xs">
              <TextInput label="Skill" flex="2 1 130px" {...form.getInputProps(`skills.${index}.name`)} />
              <Select label="Level" allowDeselect={false} data={options(LEVELS)} w={140} {...form.getInputProps(`skills.${index}.level`)} />
              <TextInput label="Certified by" placeholder="Not certified" flex="2 1 130px" {...form.getInputProps(`skills.${index}.issuer`)} />
              <TextInput label="From" type="date" {...form.getInputProps(`skills.${index}.issuedOn`)} />
              <TextInput label="Until" type="date" {...form.getInputProps(`skills.${index}.expiresOn`)} />
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove skill ${index + 1}`} onClick={() => form.removeListItem('skills', index)}><IconTrash size={18} /></ActionIcon>
            </Group>
          ))}
          <Group justify="space-between">
            <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => form.insertListItem('skills', { name: '', level: 'intermediate', issuer: '', issuedOn: '', expiresOn: '' })}>Another skill</Button>
            <Button type="submit" loading={save.isPending}>Save</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
