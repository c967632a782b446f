// @ts-nocheck
import { groupsTables, simulateGroups } from '../bench/groupsCell.ts'
const t=Date.now()
for (const [n,t] of groupsTables.entries()) if (process.argv[2]==='' || process.argv[2].split(',').includes(String(n))) console.log(JSON.stringify(await simulateGroups(t,n,Number(process.argv[3]??100))))
console.log(Date.now()-t)
