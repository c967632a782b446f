import { existsSync } from 'node:fs'

const folder = '/usr/lib/chromium'

/**
 * The environment in which a process has a GPU that is played by the CPU: Chromium's own Vulkan, loader and driver. Undefined where
 * Debian's `chromium` is not installed.
 */
export function softwareVulkan(): Readonly<Record<string, string>> | undefined {
  const driver = `${folder}/vk_swiftshader_icd.json`
  if (!existsSync(driver) || !existsSync(`${folder}/libvulkan.so.1`)) return undefined
  return { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder }
}
