/** Node has what an addon for macOS calls; and the addon's name there is none of the machine that built it. */
const darwin = {
  CMAKE_SHARED_LINKER_FLAGS: '-s -undefined dynamic_lookup',
  CMAKE_BUILD_WITH_INSTALL_NAME_DIR: 'ON',
  CMAKE_INSTALL_NAME_DIR: '@rpath',
}

/**
 * Machines that the package has the addon for: how zig and CMake call each. Those of glibc run from 2.28 on (RHEL 8).
 * `required`: without it the package is not packed.
 */
export const targets = {
  'linux-x64': { zig: 'x86_64-linux-gnu.2.28', system: 'Linux', processor: 'x86_64', required: true },
  'linux-arm64': { zig: 'aarch64-linux-gnu.2.28', system: 'Linux', processor: 'aarch64', required: true },
  'linux-x64-musl': { zig: 'x86_64-linux-musl', system: 'Linux', processor: 'x86_64' },
  'linux-arm64-musl': { zig: 'aarch64-linux-musl', system: 'Linux', processor: 'aarch64' },
  'win32-x64': { zig: 'x86_64-windows-gnu', system: 'Windows', processor: 'AMD64' },
  'darwin-arm64': { zig: 'aarch64-macos.11.0', system: 'Darwin', processor: 'arm64', settings: darwin },
  'darwin-x64': { zig: 'x86_64-macos.11.0', system: 'Darwin', processor: 'x86_64', settings: darwin },
}
