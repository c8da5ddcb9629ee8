import { createPinia, setActivePinia } from 'pinia'
import { mount, type ComponentMountingOptions } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { createApp, defineComponent, h, type Component } from 'vue'
import { bridgeTransport, createContractClient, installClient } from '@renderer/client/index.ts'
import { endWithAccount } from '@renderer/stores/end-with-account.ts'
import { fakeMain, type FakeMainOptions } from '@test/support/fake-main/index.ts'

/** A fresh page over a fake main: new stores, new client. */
export function freshPage(options: FakeMainOptions = {}) {
  const pinia = createPinia().use(endWithAccount)
  // Its plugins wait for an app.
  createApp({}).use(pinia)
  setActivePinia(pinia)
  const main = fakeMain(options)
  installClient(createContractClient(bridgeTransport(main)))
  return { main, pinia }
}

/** Mounts a component under what every page has around it. */
export function mountOnPage(component: Component, pinia: ReturnType<typeof createPinia>, props: object = {}) {
  const Page = defineComponent({ render: () => h(TooltipProvider, () => h(component, props)) })
  return mount(Page, { attachTo: document.body, global: { plugins: [pinia] } } as ComponentMountingOptions<
    typeof Page
  >)
}

/** Lets everything that waits for answers of the fake go on. */
export async function settle(turns = 8): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0))
}
