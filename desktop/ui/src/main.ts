// The beginning: language, theme, who is signed in, and then the app.
import '@materializecss/materialize/dist/css/materialize.min.css';
import '@fontsource-variable/golos-text';
import './style/theme.css';
import './style/base.css';
import './style/parts.css';
import './style/calendar.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { firstLang, speak } from './shared/i18n.svelte';
import { startRouter } from './shared/router.svelte';
import { enter, startSession } from './shared/session.svelte';
import { startTheme } from './shared/theme.svelte';

startTheme();
startSession();
startRouter();
await Promise.all([speak(firstLang()), enter()]);

const target = document.getElementById('app');
if (target) mount(App, { target });
