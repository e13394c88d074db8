// Starts the app's one binary a second time, as the monitor: the page sends the address of its
// script and the module it has compiled, so nothing is loaded or compiled twice.
self.onmessage = async ({ data: { script, module } }) => {
  self.onmessage = null;
  const { default: init } = await import(script);
  await init({ module_or_path: module });
};

// Where the app's own code came to a sudden end, it can neither say so nor go on: the page is told,
// and the worker ends, so that another tab's may run the monitor.
const ended = ({ error, reason = error }) => {
  const overflow = reason instanceof RangeError && /wasm/.test(reason.stack);
  if (!overflow && !(reason instanceof WebAssembly.RuntimeError)) return;
  self.postMessage('stopped');
  self.close();
};
self.addEventListener('error', ended);
self.addEventListener('unhandledrejection', ended);

// A browser reads what it knows of a language when that is first asked for, some twenty milliseconds
// long, for all its threads. Here nobody waits for it; the page draws meanwhile.
const { language } = navigator;
new Intl.NumberFormat(language, { style: 'unit', unit: 'hour' }).format(1);
new Intl.ListFormat(language, { type: 'unit', style: 'short' }).format(['1', '2']);
new Intl.PluralRules(language).select(1);
new Intl.DateTimeFormat(language, { weekday: 'short', hour: '2-digit', timeZone: 'UTC' }).format(0);
Intl.supportedValuesOf?.('timeZone');
