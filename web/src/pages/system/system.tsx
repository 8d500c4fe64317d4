import { Tabs } from '@mantine/core'
import { useAccess } from '../../components/access'
import { Header } from '../../ui/header'
import { Forbidden } from '../../ui/states'
import { DeadLetters } from './dead-letters'
import { Events } from './events'
import { Overview } from './overview'
import { Subscriptions } from './subscriptions'

/** For whoever runs the platform. */
export function System() {
  const { mayAnywhere } = useAccess()
  if (!mayAnywhere('read_system')) return <Forbidden />
  const writes = mayAnywhere('write_system')
  return (
    <>
      <Header title="System" />
      <Tabs defaultValue="health" keepMounted={false}>
        <Tabs.List mb="md"><Tabs.Tab value="health">Health</Tabs.Tab><Tabs.Tab value="subscriptions">Subscriptions</Tabs.Tab><Tabs.Tab value="letters">Dead letters</Tabs.Tab><Tabs.Tab value="events">Events</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="health"><Overview /></Tabs.Panel>
        <Tabs.Panel value="subscriptions"><Subscriptions writes={writes} /></Tabs.Panel>
        <Tabs.Panel value="letters"><DeadLetters writes={writes} /></Tabs.Panel>
        <Tabs.Panel value="events"><Events /></Tabs.Panel>
      </Tabs>
    </>
  )
}
