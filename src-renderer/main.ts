import './client/schema-mode.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { bridgeTransport, createContractClient, installClient } from './client/index.ts'
import { strings } from './lib/strings/index.ts'
import { endWithAccount } from './stores/end-with-account.ts'
import './styles/tokens.css'
import './styles/base.css'

const bridge = window.ferry
if (bridge) {
  installClient(createContractClient(bridgeTransport(bridge)), (file) => bridge.pathForFile(file))
  createApp(App).use(createPinia().use(endWithAccount)).mount('#app')
} else {
  document.body.textContent = strings.app.noBridge
}
