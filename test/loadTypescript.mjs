// Preloaded in every thread (`node --import`), so that worker threads too run the TypeScript sources.
import { register } from 'tsx/esm/api'

register()
