export function checkPrebuild() {}
