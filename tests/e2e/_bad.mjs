import { chromium } from 'playwright-core';
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
const c = await b.newContext({viewport:{width:1440,height:900}}); const pg = await c.newPage();
pg.on('pageerror',e=>console.log('ERR',e.stack)); pg.on('console',m=>m.type()==='error'&&console.log('CON',m.text())); pg.on('worker',w=>console.log('worker',w.url()));
await pg.goto('http://127.0.0.1:18398/'); await pg.getByRole('button',{name:/Follow the 12/}).click();
await pg.waitForTimeout(6000); console.log(await pg.locator('body').innerText().then(t=>t.slice(0,300)));
await b.close();
