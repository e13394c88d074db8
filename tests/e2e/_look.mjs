import { chromium } from 'playwright-core';
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
const c = await b.newContext({viewport:{width:1440,height:900}}); const pg = await c.newPage();
pg.on('pageerror',e=>console.log('ERR',e.message)); pg.on('console',m=>m.type()==='error'&&console.log('CON',m.text()));
await pg.goto('http://127.0.0.1:18399/'); await pg.getByRole('button',{name:/Follow the 12/}).click();
await pg.waitForTimeout(70000);
for (const scheme of ['light','dark']) for (const w of [1440,390]) {
  await pg.emulateMedia({colorScheme:scheme}); await pg.setViewportSize({width:w,height:w===390?844:900});
  for (const p of ['','plan','results','log','data','settings']) { await pg.goto('http://127.0.0.1:18399/#/'+p); await pg.waitForTimeout(1800); await pg.screenshot({path:`/tmp/look/${p||'now'}-${w}-${scheme}.png`,fullPage:true}); }
}
await pg.setViewportSize({width:1440,height:900}); await pg.emulateMedia({colorScheme:'light'}); await pg.goto('http://127.0.0.1:18399/#/'); await pg.waitForTimeout(500);
const l = pg.locator('a[href^="#/account"]').first(); console.log(await l.count()); await l.click().catch(e=>console.log(String(e)));
await pg.waitForTimeout(2500); await pg.screenshot({path:'/tmp/look/account-1440-light.png',fullPage:true});
await pg.setViewportSize({width:390,height:844}); await pg.waitForTimeout(800); await pg.screenshot({path:'/tmp/look/account-390-light.png',fullPage:true});
await b.close();
