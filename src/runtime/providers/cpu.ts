import type { Provider } from './provider.js'

export const cpu = {
  name: 'cpu',
  title: 'CPU',
  installed: () => true,
  sessionOptions: () => ({ executionProviders: ['cpu'] }),
} as const satisfies Provider
