/** Where graphs run. */
export type Device = 'cpu' | 'cuda'
/** What a user asks for: `auto` is CUDA where its provider is installed and opens, else the CPU. */
export type DeviceRequest = 'auto' | Device
export const deviceRequests: readonly DeviceRequest[] = ['auto', 'cpu', 'cuda']
